// The colours of strips, out of the page's CSS variables, as canvases and SVG want them. Each state has a shape of its
// own as well (strip.ts): good is a plain cell, bad has a bright mark in it, unobserved is hatched, not judged is empty.
export interface StripPalette {
  good: string;
  bad: string;
  bad_mark: string;
  unobserved: string; // the hatching
  unobserved_ground: string;
  none: string;
  drain: string;
  excused: string;
  edge: string; // where the window begins
  ages_out: string;
  pin: string;
  text: string;
  key: string; // tells one palette from another
}

const names = {
  good: '--strip-good',
  bad: '--strip-bad',
  bad_mark: '--strip-bad-mark',
  unobserved: '--strip-unobserved',
  unobserved_ground: '--strip-unobserved-ground',
  none: '--strip-none',
  drain: '--strip-drain',
  excused: '--strip-excused',
  edge: '--strip-edge',
  ages_out: '--strip-ages-out',
  pin: '--strip-pin',
  text: '--strip-text',
} as const;

export const dark_palette: StripPalette = with_key({
  good: '#2b7a78',
  bad: '#e4572e',
  bad_mark: '#46130a',
  unobserved: '#7d8796',
  unobserved_ground: '#232a34',
  none: '#1a2028',
  drain: '#8f7ee7',
  excused: '#d9a441',
  edge: '#c9d4e3',
  ages_out: '#ffd166',
  pin: '#ffffff',
  text: '#97a3b4',
});

export const light_palette: StripPalette = with_key({
  good: '#8cc7bd',
  bad: '#c8380f',
  bad_mark: '#ffffff',
  unobserved: '#8b94a1',
  unobserved_ground: '#eceef2',
  none: '#f3f5f8',
  drain: '#5b45c9',
  excused: '#9a6a00',
  edge: '#2a3443',
  ages_out: '#7a4b00',
  pin: '#000000',
  text: '#5b6675',
});

// What the page says, the dark one where it says nothing.
export function palette_of(element: Element): StripPalette {
  const style = getComputedStyle(element);
  const read = Object.entries(names).map(([name, variable]) => {
    const value = style.getPropertyValue(variable).trim();
    return [name, value || dark_palette[name as keyof typeof names]];
  });
  return with_key(Object.fromEntries(read) as Omit<StripPalette, 'key'>);
}

function with_key(colours: Omit<StripPalette, 'key'>): StripPalette {
  return { ...colours, key: Object.values(colours).join(' ') };
}

export type Rgb = readonly [number, number, number];

// '#rgb' or '#rrggbb'; anything else is black.
export function rgb_of(colour: string): Rgb {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(colour);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  const parts = (long ?? short)?.slice(1).map((part) => parseInt(part.length === 1 ? part + part : part, 16));
  return [parts?.[0] ?? 0, parts?.[1] ?? 0, parts?.[2] ?? 0];
}
