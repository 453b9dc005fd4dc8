import './ui/style.css';

import { render } from 'preact';

import { follow_links } from './app/router.ts';
import { Shell } from './app/shell.tsx';
import { apply_theme, theme } from './app/theme.ts';

apply_theme(theme());
const root = document.getElementById('console');
if (root) {
  follow_links(root);
  root.replaceChildren();
  render(<Shell />, root);
}
