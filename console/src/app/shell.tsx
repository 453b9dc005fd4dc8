// What is around every screen: the way to the others, what finds a record, the time, and whether all of it can be trusted.
import { useEffect, useRef, useState } from 'preact/hooks';

import { finds } from '../data/arrange.ts';
import { clock } from '../data/time.ts';
import { the_store, use_now } from '../data/use.ts';
import { screens } from '../screens/index.ts';
import { Help } from './help.tsx';
import { JudgesBanner } from './judges_banner.tsx';
import { use_keys, type Keys } from './keyboard.ts';
import { go, href_of, match_screen, remember, use_place } from './router.ts';
import { past_text, PastContext, TimeBar, use_the_past } from './past.tsx';
import { apply_theme, next_theme, theme } from './theme.ts';
import { TrustBanner, use_trust } from './trust_banner.tsx';

export function Shell() {
  const place = use_place();
  const match = match_screen(screens, place.path);
  const trust = use_trust();
  const past = use_the_past(match?.screen.past === true ? place.params.get('t') : null);
  const [helps, set_helps] = useState(false);
  const [wanted, set_wanted] = useState(theme);
  const field = useRef<HTMLInputElement>(null);

  const turn = () => {
    const next = next_theme(theme());
    apply_theme(next);
    set_wanted(next);
  };
  const keys: Keys = {
    '/': () => {
      field.current?.focus();
      field.current?.select();
    },
    '?': () => set_helps(!helps),
    t: turn,
    p: () => match?.screen.past === true && travel(past === undefined),
    Escape: () => {
      if (helps) set_helps(false);
      else {
        field.current?.blur();
        remember({ q: '', at: '', verify: '' });
      }
    },
  };
  const kept = past ? { t: place.params.get('t') ?? '' } : undefined; // an earlier time goes along to another screen
  for (const screen of screens) if (screen.key) keys[`g ${screen.key}`] = () => go(screen.path, kept);
  use_keys(keys);

  const title = match?.screen.title ?? 'not here';
  useEffect(() => {
    document.title = `${match?.rest || title} · DoubleZero`;
  }, [match?.rest, title]);

  return (
    <div class={trust.level === 'old' ? 'old-page' : undefined}>
      <a class="skip" href="#content" data-outside>
        To the content
      </a>
      <header class="bar">
        <a class="name" href={href_of('')}>
          DoubleZero
        </a>
        <nav aria-label="Screens">
          {screens
            .filter((screen) => screen.key)
            .map((screen) => (
              <a key={screen.path} href={href_of(screen.path, kept)} aria-current={match?.screen === screen ? 'page' : undefined}>
                {screen.title}
              </a>
            ))}
        </nav>
        <div class="end">
          <Find field={field} here={match?.screen.narrows === true} value={place.params.get('q') ?? ''} />
          <Clock travel={match?.screen.past === true ? () => travel(past === undefined) : undefined} past={past !== undefined} />
          <button type="button" class="plain" onClick={turn} title="dark, light, or as the system has it (t)">
            {wanted}
          </button>
          <button type="button" class="plain" onClick={() => set_helps(true)} title="keys and marks (?)" aria-label="Help">
            ?
          </button>
        </div>
      </header>
      <TrustBanner trust={trust} />
      <JudgesBanner />
      {past && <TimeBar past={past} />}
      <main id="content" tabIndex={-1}>
        {match ? (
          <PastContext.Provider value={past}>
            <match.screen.view rest={match.rest} params={place.params} />
          </PastContext.Provider>
        ) : (
          <section class="part">
            <h1>There is no such page</h1>
            <p>
              Expected one of the screens above, found {place.path}. <a href={href_of('')}>To the fleet</a>
            </p>
          </section>
        )}
      </main>
      {helps && <Help screens={screens} close={() => set_helps(false)} />}
    </div>
  );
}

// An hour ago is where the past begins to be looked at.
function travel(back: boolean): void {
  remember({ t: back ? past_text(Date.now() - 3_600_000) : '' });
}

function Clock({ travel: go_back, past }: { travel: (() => void) | undefined; past: boolean }) {
  const text = clock(use_now(), true);
  if (!go_back) return <span class="clock quiet">{text} UTC</span>;
  return (
    <button type="button" class="clock quiet" aria-pressed={past} title="look at an earlier time (p)" onClick={go_back}>
      {text}<span class="zone"> UTC</span>
    </button>
  );
}

// Narrows the screen's lists while it is typed into, or the fleet's; Enter opens the record that is left, or that has this very name.
function Find({ field, here, value }: { field: { current: HTMLInputElement | null }; here: boolean; value: string }) {
  const type = (text: string) => {
    if (here) remember({ q: text });
    else if (text) go('', { q: text });
  };
  const open = () => {
    const text = field.current?.value.trim() ?? '';
    const store = the_store();
    const named = store.by_name(text);
    const left = named ? [named] : [...store.rows.values()].filter((row) => finds(row, text));
    if (text && left[0] && left.length === 1) go(`r/${left[0].code}`);
    else field.current?.blur();
  };
  return (
    <label class="find">
      <span class="unseen">Find a record</span>
      <input
        ref={field}
        type="search"
        placeholder="code, metro, state"
        autocomplete="off"
        spellcheck={false}
        value={value}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') open();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </label>
  );
}
