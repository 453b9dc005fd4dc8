// What the keys and the marks mean.
import { Fragment } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

import { Mark, mark_words, verdict_letters, type MarkKind } from '../ui/marks.tsx';
import { verdict_words, type Verdict } from '../data/words.ts';
import type { Screen } from '../screens/index.ts';

const marks: readonly MarkKind[] = ['good', 'damped', 'failing', 'recovering', 'collecting', 'held', 'needs-action', 'maintained', 'unknown'];
const verdicts: readonly Verdict[] = ['met', 'not-met', 'unknown', 'not-asked'];

export function Help({ screens, close }: { screens: readonly Screen[]; close: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <div class="over" onClick={close}>
      <div class="help" role="dialog" aria-modal="true" aria-label="Help" tabIndex={-1} ref={box} onClick={(event) => event.stopPropagation()}>
        <h2>Keys</h2>
        <dl>
          <Key keys="/" means="find: a code, metro, contributor, state" />
          <Key keys="j k" means="the next row, the one before" />
          <Key keys="Enter" means="open it" />
          {screens.map((screen) => (screen.key ? <Key key={screen.path} keys={`g ${screen.key}`} means={screen.title} /> : null))}
          <Key keys="p" means="an earlier time; , and . step by decisions, n is now" />
          <Key keys="+ - 0" means="on the map: nearer, farther, all of it; arrows move it, v is the graph" />
          <Key keys="r x" means="what if: try the policy, stop" />
          <Key keys="t" means="dark, light, or as the system has it" />
          <Key keys="Esc" means="back to all rows; close this" />
        </dl>
        <h3>A record</h3>
        <dl>
          {marks.map((kind) => (
            <Fragment key={kind}>
              <dt>
                <Mark kind={kind} />
              </dt>
              <dd>{mark_words[kind]}</dd>
            </Fragment>
          ))}
        </dl>
        <h3>A criterion</h3>
        <dl>
          {verdicts.map((verdict) => (
            <Fragment key={verdict}>
              <dt>
                <span class={`check ${verdict}`}>{verdict_letters[verdict]}</span>
              </dt>
              <dd>{verdict_words[verdict]}</dd>
            </Fragment>
          ))}
        </dl>
      </div>
    </div>
  );
}

function Key({ keys, means }: { keys: string; means: string }) {
  return (
    <>
      <dt>
        <kbd>{keys}</kbd>
      </dt>
      <dd>{means}</dd>
    </>
  );
}
