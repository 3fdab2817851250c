import { render } from 'preact';
import { Page } from './page.tsx';
import { begin } from './store.ts';
import 'uplot/dist/uPlot.min.css';
import './style.css';

render(<Page />, document.getElementById('page')!);
void begin();
