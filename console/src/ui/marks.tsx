// Marks: a shape each, with a letter inside where the shape is small, and the word for who hears the page.
import type { Verdict } from '../data/words.ts';
import { is_damped } from '../data/arrange.ts';
import { is_healthy, verdict_words } from '../data/words.ts';
import type { Row } from '../data/types.ts';

export type MarkKind = 'good' | 'failing' | 'damped' | 'recovering' | 'collecting' | 'held' | 'needs-action' | 'maintained' | 'unknown';

export const mark_words: Record<MarkKind, string> = {
  good: 'good',
  failing: 'failing now',
  damped: 'failing, not impaired yet',
  recovering: 'clean, recovering',
  collecting: 'collecting evidence',
  held: 'held by a person',
  'needs-action': 'needs somebody',
  maintained: 'fails while it is being worked on',
  unknown: 'not known',
};

export const mark_colours: Record<MarkKind, string> = {
  good: 'good',
  failing: 'bad',
  damped: 'amber',
  recovering: 'amber',
  collecting: 'work',
  held: 'held',
  'needs-action': 'held',
  maintained: 'held',
  unknown: 'unknown',
};

// A failure in service that is damped stands out before it impairs, and not as one that did. One of a record that is
// being worked on alarms nobody.
export function mark_of(row: Pick<Row, 'condition' | 'damped_failure' | 'status' | 'health' | 'maintenance'>): MarkKind {
  if (row.maintenance && (is_damped(row) || row.condition.state === 'failing')) return 'maintained';
  if (is_damped(row)) return 'damped';
  return row.condition.state;
}

export function Mark({ kind, size = 14 }: { kind: MarkKind; size?: number }) {
  return (
    <svg class={mark_colours[kind]} width={size} height={size} viewBox="0 0 14 14" role="img" aria-label={mark_words[kind]}>
      <title>{mark_words[kind]}</title>
      <Shape kind={kind} />
    </svg>
  );
}

// Within a drawing of 14 by 14.
export function Shape({ kind }: { kind: MarkKind }) {
  const line = { fill: 'none', stroke: 'currentColor', 'stroke-width': 1.8 } as const;
  switch (kind) {
    case 'good':
      return <circle cx="7" cy="7" r="4.6" fill="currentColor" />;
    case 'failing':
      return (
        <>
          <path d="M7 .8 13.2 7 7 13.2 .8 7Z" fill="currentColor" />
          <path d="M4.9 4.9 9.1 9.1M9.1 4.9 4.9 9.1" stroke="var(--panel)" stroke-width="1.6" />
        </>
      );
    case 'damped':
      return (
        <>
          <path d="M7 1 13.4 12.6H.6Z" fill="currentColor" />
          <path d="M7 5v3.6M7 9.8v1.4" stroke="var(--panel)" stroke-width="1.6" />
        </>
      );
    case 'recovering':
      return (
        <>
          <circle cx="7" cy="7" r="5.4" {...line} />
          <path d="M7 3.6V7l2.6 1.6" {...line} />
        </>
      );
    case 'collecting':
      return (
        <>
          <circle cx="7" cy="7" r="5.4" {...line} />
          <path d="M7 1.6a5.4 5.4 0 0 1 0 10.8Z" fill="currentColor" />
        </>
      );
    case 'held':
      return <path d="M3 1.5h2.8v11H3zM8.2 1.5H11v11H8.2z" fill="currentColor" />;
    case 'needs-action':
      return (
        <>
          <rect x="1.4" y="1.4" width="11.2" height="11.2" rx="1.5" {...line} />
          <path d="M7 3.8v4M7 9.2v1.4" stroke="currentColor" stroke-width="1.7" />
        </>
      );
    case 'maintained':
      return (
        <>
          <circle cx="7" cy="7" r="5.4" {...line} />
          <path d="M3.4 10.6 10.6 3.4" {...line} />
        </>
      );
    case 'unknown':
      return <circle cx="7" cy="7" r="5.2" {...line} stroke-dasharray="2.2 1.8" />;
  }
}

export const verdict_letters: Record<Verdict, string> = { met: '✓', 'not-met': '✕', unknown: '?', 'not-asked': '–' };

export function CheckCell({ verdict, name, about, aside }: { verdict: Verdict; name: string; about?: string; aside?: boolean }) {
  const words = `${name}: ${verdict_words[verdict]}${aside ? ' (shown, does not gate)' : ''}${about ? `; ${about}` : ''}`;
  return (
    <li class={`check ${verdict}${aside ? ' aside' : ''}`} title={words}>
      <span aria-hidden="true">{verdict_letters[verdict]}</span>
      <span class="unseen">{words}</span>
    </li>
  );
}

export function Tag({ children, colour }: { children: string; colour: string }) {
  return <span class={`tag ${colour}`}>{children}</span>;
}

// What a word of health looks like where nothing else is known of the record.
export function health_mark(health: string): MarkKind {
  if (is_healthy(health)) return 'good';
  if (health === 'impaired') return 'failing';
  return health === 'pending' ? 'collecting' : 'unknown';
}
