// Where several monitors have to agree: who they are, when each last spoke, and where they differ. Nothing where one decides.
import { judges_of, type JudgeShown } from '../data/judges.ts';
import { use_now, use_store } from '../data/use.ts';
import { Shape, type MarkKind } from '../ui/marks.tsx';
import { href_of } from './router.ts';

const marks: Record<JudgeShown['level'], { kind: MarkKind; colour: string; word: string }> = {
  good: { kind: 'good', colour: 'good', word: 'answers' },
  watch: { kind: 'damped', colour: 'amber', word: 'silent' },
  silent: { kind: 'unknown', colour: 'unknown', word: 'never heard' },
};

export function JudgesBanner() {
  const store = use_store();
  const shown = judges_of(store.contact.status?.judges, use_now());
  if (!shown) return null;
  const { judges, differences, more } = shown;
  return (
    <section class={`judges${shown.too_few || differences.length > 0 ? ' is-watch' : ''}`} aria-label="Judges">
      <strong class={shown.too_few ? 'amber' : undefined}>
        <a href={`${href_of('sources')}#judges`}>{shown.sentence}</a>
      </strong>
      <ul class="who">
        {judges.map((judge) => (
          <li key={judge.name} data-judge={judge.name}>
            <JudgeMark level={judge.level} /> {judge.name} <span class="quiet">{judge.heard}</span>
          </li>
        ))}
      </ul>
      {differences.length > 0 && (
        <ul class="differ">
          {differences.map((one) => (
            <li key={one.code} data-differs={one.code}>
              <a href={href_of(`r/${one.code}`)}>{one.code}</a> <span class="quiet">since {one.since}</span> {one.text}
            </li>
          ))}
          {more > 0 && <li class="quiet">and {more} more</li>}
        </ul>
      )}
    </section>
  );
}

function JudgeMark({ level }: { level: JudgeShown['level'] }) {
  const { kind, colour, word } = marks[level];
  return (
    <svg class={colour} width={12} height={12} viewBox="0 0 14 14" role="img" aria-label={word}>
      <Shape kind={kind} />
    </svg>
  );
}
