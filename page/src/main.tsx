import { render } from 'preact';
import { begin } from './connection.ts';
import { Page } from './page.tsx';
import './style.css';

render(<Page />, document.getElementById('page')!);
void begin();
