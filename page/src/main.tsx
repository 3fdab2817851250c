import { render } from 'preact';
import { Page } from './page.tsx';
import { begin } from './store.ts';
import './style.css';

render(<Page />, document.getElementById('page')!);
void begin();
