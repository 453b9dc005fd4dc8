import './ui/style.css';

import { render } from 'preact';

import { follow_links } from './app/router.ts';
import { Shell } from './app/shell.tsx';
import { begin_theme } from './app/theme.ts';

begin_theme();
const root = document.getElementById('console');
if (root) {
  follow_links(root);
  root.replaceChildren();
  render(<Shell />, root);
}
