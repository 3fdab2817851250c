// What an exported file does by itself: one map at a time, that of the slider, which follows the reading.
export const script = `
const figures = [...document.querySelectorAll('aside figure')];
const slider = document.querySelector('.slider input');
const show = (at) => {
  slider.value = at;
  figures.forEach((figure, index) => figure.classList.toggle('shown', index === at));
  slider.setAttribute('aria-valuetext', figures[at].querySelector('figcaption').textContent);
};
if (slider) {
  document.body.classList.add('sliding');
  slider.addEventListener('input', () => show(Number(slider.value)));
  const steps = [...document.querySelectorAll('section[data-step]')];
  const follow = () => {
    const isAtEnd = scrollY > 0 && innerHeight + scrollY > document.documentElement.scrollHeight - 2;
    const read = isAtEnd ? steps.at(-1) : steps.findLast((step) => step.getBoundingClientRect().top < innerHeight / 2);
    const at = figures.findIndex(({ dataset }) => dataset.after === (read ? read.dataset.step : ''));
    if (at !== -1) show(at);
  };
  document.addEventListener('scroll', follow, { passive: true });
  follow();
}
`;
