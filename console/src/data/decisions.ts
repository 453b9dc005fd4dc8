// Decisions as they are read, the newest first, page after page and no further than is needed. What the monitor decides
// while the page is open is read when the stream tells of it.
import { useEffect, useState } from 'preact/hooks';

import { ask, Failure } from './api.ts';
import { at } from './time.ts';
import type { Decision } from './types.ts';
import { the_store } from './use.ts';

export type DecisionQuery = Record<string, string | readonly string[]>;

interface Page {
  decisions: readonly Decision[];
  next: string | null;
}

export interface DecisionLog {
  decisions: readonly Decision[]; // newest first
  read_to: number; // every one since then is here; -Infinity: all that there are
  reading: boolean;
  problem: string;
  further: () => void; // reads one page more
}

const page_of = '100';
const most_pages = 30; // in one go

const nothing: Omit<DecisionLog, 'further'> = { decisions: [], read_to: Infinity, reading: true, problem: '' };

// New ones first, each once; both lists are newest first.
export function joined(newer: readonly Decision[], known: readonly Decision[]): Decision[] {
  const oldest = newer.at(-1)?.id ?? Infinity;
  return [...newer, ...known.filter((one) => one.id < oldest)];
}

// Through when the list is whole: all, or as far as its oldest one.
export function whole_since(decisions: readonly Decision[], next: string | null): number {
  return next === null ? -Infinity : at(decisions.at(-1)?.at) || Infinity;
}

// What fits the query, back to `since` (and a page at least).
export function use_decisions(query: DecisionQuery, since: number, wanted = true): DecisionLog {
  const [log, set_log] = useState(nothing);
  const [cursor, set_cursor] = useState<string | null | undefined>();
  const [more, set_more] = useState(0);
  const decided = the_store().decided;
  const asked = JSON.stringify(query);

  useEffect(() => {
    set_log(nothing);
    set_cursor(undefined);
    set_more(0);
  }, [asked]);

  // The newest page again when something was decided: it joins what is known, unless more came than one page has.
  useEffect(() => {
    if (!wanted) return undefined;
    let stopped = false;
    void read(asked).then((page) => {
      if (stopped) return;
      if (typeof page === 'string') {
        set_log((was) => ({ ...was, reading: false, problem: page }));
        return;
      }
      set_log((was) => {
        const meets = (page.decisions.at(-1)?.id ?? 0) <= (was.decisions[0]?.id ?? 0);
        if (was.decisions.length > 0 && meets) return { ...was, decisions: joined(page.decisions, was.decisions), problem: '' };
        set_cursor(page.next);
        return { decisions: page.decisions, read_to: whole_since(page.decisions, page.next), reading: false, problem: '' };
      });
    });
    return () => {
      stopped = true;
    };
  }, [asked, decided, wanted]);

  const needs_more = wanted && typeof cursor === 'string' && (log.read_to > since || more > 0);
  useEffect(() => {
    if (!needs_more) return undefined;
    let stopped = false;
    const go_on = async () => {
      let from: string | null = cursor;
      let reached = log.read_to;
      for (let pages = 0; from !== null && pages < most_pages && (reached > since || (more > 0 && pages === 0)); ++pages) {
        set_log((was) => ({ ...was, reading: true }));
        const page: Page | string = await read(asked, from);
        if (stopped) return;
        if (typeof page === 'string') {
          set_log((was) => ({ ...was, reading: false, problem: page }));
          return;
        }
        from = page.next;
        reached = page.decisions.length > 0 || from === null ? whole_since(page.decisions, from) : reached;
        const to = reached;
        set_log((was) => ({ decisions: joined(was.decisions, page.decisions), read_to: to, reading: false, problem: '' }));
      }
      set_cursor(from);
      set_more(0);
    };
    void go_on();
    return () => {
      stopped = true;
    };
  }, [asked, cursor, needs_more, since, more]);

  return { ...log, further: () => set_more((n) => n + 1) };
}

async function read(asked: string, cursor?: string): Promise<Page | string> {
  try {
    const query = JSON.parse(asked) as DecisionQuery;
    return await ask<Page>('api/v1/decisions', { ...query, limit: page_of, ...(cursor === undefined ? {} : { cursor }) });
  } catch (error) {
    return error instanceof Failure ? error.message : String(error);
  }
}
