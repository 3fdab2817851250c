import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lessonFiles, openCourse, readLessons } from '../../../runner/store/course.ts';

let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(path.join(tmpdir(), 'lesson-course-'));
  await mkdir(path.join(cwd, 'mine'));
});

afterEach(() => rm(cwd, { recursive: true }));

const inCourse = (name: string) => path.join(cwd, 'mine', name);
const write = (...names: string[]) =>
  Promise.all(names.map((name) => writeFile(inCourse(name), '# First\n\n## Count\n')));

/** The error that a user sees: its message, then its hint. */
async function refusal(...ids: string[]): Promise<readonly (string | undefined)[]> {
  const course = await openCourse('mine', cwd);
  try {
    await readLessons(lessonFiles(course, ids), cwd);
  } catch (error) {
    const { message, hint, code } = error as { message: string; hint?: string; code: string };
    expect(['usage', 'lesson']).toContain(code);
    return [message, hint];
  }
  throw new Error('the lessons can be read');
}

describe('files that are no lessons', () => {
  test('are told with the reason, where there is no lesson at all', async () => {
    await write('good.md');
    const told = [
      `there are no lessons in "${path.join(cwd, 'mine')}"`,
      '"mine/good.md" is not a lesson: a lesson is NN-slug.md, such as 01-first-steps.md.',
    ];
    expect(await refusal('good')).toEqual(told);
    expect(await refusal()).toEqual(told);
  });

  test('are told with the reason, where another lesson is asked for', async () => {
    await write('01-first.md', 'good.md', '02_second.md', '03-third.MD');
    expect(await refusal('good')).toEqual([
      'unknown lesson "good"; known: 01-first',
      '"mine/02_second.md", "mine/03-third.MD" and "mine/good.md" are not lessons: ' +
        'a lesson is NN-slug.md, such as 01-first-steps.md.',
    ]);
  });

  test('are not told one by one where there are many', async () => {
    await write(...['a', 'b', 'c', 'd', 'e'].map((name) => `${name}.md`));
    expect((await refusal())[1]).toContain(
      '"mine/a.md", "mine/b.md", "mine/c.md" and 2 others are not lessons',
    );
  });

  test('are told of ./lessons too, though the lessons that ship take its place', async () => {
    await mkdir(path.join(cwd, 'lessons'));
    await writeFile(path.join(cwd, 'lessons', 'good.md'), '');
    const course = await openCourse(undefined, cwd);
    expect(course.ids).toContain('01-cluster');
    expect(course.strays).toEqual(['lessons/good.md']);
  });

  test.each([[[]], [['course.yml', '.gitkeep']]])(
    'are not needed for a course that its author has begun: ./lessons with %j',
    async (names) => {
      const own = path.join(cwd, 'lessons');
      await mkdir(own);
      for (const name of names) await writeFile(path.join(own, name), '');
      const course = await openCourse(undefined, cwd);
      expect(course).toMatchObject({ dir: own, ids: [] });
      expect(() => lessonFiles(course)).toThrow(`there are no lessons in "${own}"`);
    },
  );

  test('may be all that ./lessons has; then it is no course', async () => {
    await mkdir(path.join(cwd, 'lessons'));
    await writeFile(path.join(cwd, 'lessons', 'monday.txt'), '');
    expect((await openCourse(undefined, cwd)).ids).toContain('01-cluster');
  });

  test('may be a README or anything but markdown', async () => {
    await write('01-first.md', 'README.md', 'notes.txt');
    expect((await openCourse('mine', cwd)).strays).toEqual([]);
  });
});

describe('a lesson that cannot be read', () => {
  test.skipIf(process.platform === 'win32')('is a FIFO', async () => {
    execFileSync('mkfifo', [inCourse('01-x.md')]);
    expect(await refusal()).toEqual([
      'cannot read the lesson mine/01-x.md: it is not a regular file',
      undefined,
    ]);
  });

  test.skipIf(process.platform === 'win32')('is a link to a device', async () => {
    await symlink('/dev/zero', inCourse('01-x.md'));
    expect(await refusal()).toEqual([
      'cannot read the lesson mine/01-x.md: it is not a regular file',
      undefined,
    ]);
  });

  test('is a folder', async () => {
    await mkdir(inCourse('01-x.md'));
    expect((await refusal())[0]).toBe('cannot read the lesson mine/01-x.md: it is not a regular file');
  });

  test.skipIf(process.platform === 'win32')('is a link that leads nowhere', async () => {
    await symlink('gone.md', inCourse('01-x.md'));
    expect((await refusal())[0]).toBe('cannot read the lesson mine/01-x.md: it does not exist');
  });

  test('is larger than a lesson can be', async () => {
    await write('01-x.md');
    await truncate(inCourse('01-x.md'), 12_345_678);
    expect((await refusal())[0]).toBe(
      'cannot read the lesson mine/01-x.md: it has 12.3 MB, and a lesson may have at most 2 MB',
    );
  });
});

test('more mistakes than anybody reads are counted', async () => {
  await writeFile(inCourse('01-x.md'), `# First\n\n${'## a\n'.repeat(300)}`);
  const lines = (await refusal())[0]!.split('\n');
  expect(lines).toHaveLength(101);
  expect(lines[0]).toBe('mine/01-x.md:4: the step "a" stands twice; first in line 3');
  expect(lines[100]).toBe('and 199 more');
});

describe('a word means', () => {
  beforeEach(() => write('01-first.md', '02-rows.md', '03-more-rows.md', '13-last.md'));

  test.each([
    ['01-first', 'mine/01-first.md'],
    ['01-first.md', 'mine/01-first.md'],
    ['1', 'mine/01-first.md'],
    ['013', 'mine/13-last.md'],
    ['FIRST', 'mine/01-first.md'],
    ['fir', 'mine/01-first.md'],
    ['rows', 'mine/02-rows.md'],
    ['mine/02-rows.md', 'mine/02-rows.md'],
    ['elsewhere/notes.md', 'elsewhere/notes.md'],
  ])('%s: %s', async (word, file) => {
    const [found] = lessonFiles(await openCourse('mine', cwd), [word]);
    expect(path.resolve(cwd, found!)).toBe(path.join(cwd, file));
  });

  test('none of several lessons', async () => {
    expect(await refusal('row')).toEqual([
      '"row" could be 02-rows or 03-more-rows',
      'Write more of the name.',
    ]);
  });

  test('no lesson: the nearest is told', async () => {
    expect((await refusal('frist'))[0]).toBe(
      'unknown lesson "frist"; did you mean "01-first"? known: 01-first, 02-rows, 03-more-rows, 13-last',
    );
    expect((await refusal('2024'))[0]).toContain('unknown lesson "2024"');
  });

  test('a file that is not there', async () => {
    expect((await refusal('notes.md'))[0]).toBe('cannot read the lesson notes.md: it does not exist');
  });

  test('a file also where there is no course', async () => {
    await mkdir(path.join(cwd, 'empty'));
    const course = await openCourse('empty', cwd);
    const [lesson] = await readLessons(lessonFiles(course, ['mine/01-first.md']), cwd);
    expect(lesson).toMatchObject({ id: '01-first', title: 'First' });
  });
});

describe('a folder of lessons', () => {
  const why = (dir: string) => openCourse(dir, cwd).catch((error: Error) => error.message);

  test('that is none is told in words', async () => {
    await write('01-first.md');
    expect(await why('nowhere')).toBe('cannot read the lessons folder "nowhere": it does not exist');
    expect(await why('mine/01-first.md')).toBe(
      'cannot read the lessons folder "mine/01-first.md": it is not a folder',
    );
    await symlink('loop', path.join(cwd, 'loop'));
    expect(await why('loop')).toBe('cannot read the lessons folder "loop": ELOOP');
  });
});
