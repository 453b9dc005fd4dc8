// The screens there are. A screen is in the navigation when it is in this list, and only then.
import type { ComponentType } from 'preact';

import { Decisions } from './decisions.tsx';
import { Fleet } from './fleet.tsx';
import { NetworkMap } from './map.tsx';
import { Record } from './record.tsx';
import { Sources } from './sources.tsx';
import { WhatIf } from './what_if.tsx';

export interface ScreenProps {
  // What stands for the star of the path, such as a record's code.
  rest: string;
  // The query of the URL: what the screen has to remember is there.
  params: URLSearchParams;
}

export interface Screen {
  // Relative to where the console is; 'r/*' takes what follows. '' is the start page.
  path: string;
  title: string;
  // Pressed after `g`; undefined: it is not in the navigation (a record's page).
  key?: string;
  view: ComponentType<ScreenProps>;
  // What is typed to find a record narrows this screen; else it leads to the fleet.
  narrows?: boolean;
  // It can show an earlier time: `t` in the address.
  past?: boolean;
}

export const screens: readonly Screen[] = [
  { path: '', title: 'Fleet', key: 'f', view: Fleet, narrows: true, past: true },
  { path: 'map', title: 'Map', key: 'm', view: NetworkMap, narrows: true, past: true },
  { path: 'r/*', title: 'Record', view: Record, past: true },
  { path: 'decisions', title: 'Decisions', key: 'd', view: Decisions, narrows: true, past: true },
  { path: 'what-if', title: 'What if', key: 'w', view: WhatIf, past: true },
  { path: 'sources', title: 'Sources', key: 's', view: Sources, past: true },
];
