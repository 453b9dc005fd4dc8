import './ui/style.css';

import { render } from 'preact';

import { current_place, follow_links } from './app/router.ts';
import { Shell } from './app/shell.tsx';
import { begin_theme } from './app/theme.ts';
import { Simulator } from './screens/simulator.tsx';

begin_theme();
const root = document.getElementById('console');
if (root) {
  follow_links(root);
  root.replaceChildren();
  // Of a simulation that is served by itself: no monitor is behind it.
  render(current_place().path === 'simulator' ? <Simulator /> : <Shell />, root);
}
