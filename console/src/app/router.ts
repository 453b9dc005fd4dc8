// Which page the URL means, whatever the prefix: a proxy may serve the console below any path. The page's <base> says
// where the console is; every path here is relative to that.
import { useEffect, useState } from 'preact/hooks';

export interface Place {
  path: string; // 'r/ams-lon', without a slash before it, unescaped
  params: URLSearchParams;
}

export interface Match<T> {
  screen: T;
  rest: string;
}

export function place_of(url: URL, base: URL): Place | undefined {
  if (url.origin !== base.origin || !url.pathname.startsWith(base.pathname)) return undefined;
  return { path: unescaped(url.pathname.slice(base.pathname.length)), params: url.searchParams };
}

// The first that fits; a star takes at least one character.
export function match_screen<T extends { path: string }>(screens: readonly T[], path: string): Match<T> | undefined {
  const plain = path.replace(/\/$/, '');
  for (const screen of screens) {
    if (screen.path === plain) return { screen, rest: '' };
    if (!screen.path.endsWith('*')) continue;
    const stem = screen.path.slice(0, -1);
    if (plain.startsWith(stem) && plain.length > stem.length) return { screen, rest: plain.slice(stem.length) };
  }
  return undefined;
}

// Codes may hold anything; slashes stay what divides.
export function href_of(path: string, params?: URLSearchParams | Record<string, string>): string {
  const query = new URLSearchParams(params).toString();
  const escaped = path.split('/').map(encodeURIComponent).join('/');
  return (escaped || './') + (query && `?${query}`);
}

export function base_url(): URL {
  return new URL('.', document.baseURI);
}

export function current_place(): Place {
  return place_of(new URL(location.href), base_url()) ?? { path: '', params: new URLSearchParams() };
}

const moved = 'console:moved';

export function go(path: string, params?: URLSearchParams | Record<string, string>): void {
  history.pushState(null, '', new URL(href_of(path, params), base_url()));
  dispatchEvent(new Event(moved));
}

// What a screen remembers of itself; no step of the browser's way back. An empty value takes the name out.
export function remember(values: Record<string, string>): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(values)) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  history.replaceState(history.state, '', url);
  dispatchEvent(new Event(moved));
}

export function use_place(): Place {
  const [place, set_place] = useState(current_place);
  useEffect(() => {
    const look = () => set_place(current_place());
    addEventListener('popstate', look);
    addEventListener(moved, look);
    return () => {
      removeEventListener('popstate', look);
      removeEventListener(moved, look);
    };
  }, []);
  return place;
}

// A plain click on a link within the console is a move, not a load.
export function follow_links(root: HTMLElement): void {
  root.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (!link || link.target || link.hasAttribute('download') || link.dataset['outside'] !== undefined) return;
    const url = new URL(link.href);
    if (!place_of(url, base_url())) return;
    event.preventDefault();
    history.pushState(null, '', url);
    dispatchEvent(new Event(moved));
  });
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
