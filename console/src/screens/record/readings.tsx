// One minute through all criteria, and the counters that were read in it.
import { state_at, state_letters, state_words, type Minute } from '../../draw/minutes.ts';
import type { Answer } from './use_record.ts';
import { fault_at, name_of, type RecordReadings, type StripGroup } from './view.ts';

type Port = RecordReadings['ports'][number];

const tones: readonly string[] = ['quiet', 'good', 'bad', 'quiet'];

interface Props {
  minute: Minute | undefined;
  pinned: boolean;
  groups: readonly StripGroup[];
  readings: Answer<RecordReadings>;
  unpin: () => void;
}

export function MinutePanel({ minute, pinned, groups, readings, unpin }: Props) {
  if (minute === undefined) {
    return (
      <aside class="minute-panel empty" aria-label="one minute">
        <p>Point at a minute to read its counters. A click, or Enter, pins it through all criteria; the arrow keys move by a minute and by an hour.</p>
      </aside>
    );
  }
  const at = new Date(minute * 60_000).toISOString();
  return (
    <aside class="minute-panel" aria-label="one minute">
      <section>
      <h3>
        <time dateTime={at}>{at.slice(11, 16)}</time> <span class="quiet">{at.slice(0, 10)} UTC</span>
        {pinned && <button type="button" class="small" onClick={unpin}>unpin</button>}
      </h3>
      <table class="minute-states">
        <tbody>
          {groups.flatMap((group) => group.lines).map((line) => {
            const state = state_at(line.strip, minute);
            return (
              <tr key={name_of(line.line)}>
                <td class={`mark ${tones[state] ?? 'quiet'}`} aria-hidden="true">{state === 1 ? '✓' : state === 2 ? '✕' : state === 3 ? '▨' : state_letters[state]}</td>
                <th scope="row">{line.line.criterion}{line.line.criterion.endsWith(line.line.signal) ? '' : ` ${line.line.side} ${line.line.signal}`}</th>
                <td>{fault_at(line.line, minute) ?? state_words[state]}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      </section>
      {readings.value?.ports.map((port) => <PortTable key={port.side + port.device + port.interface} port={port} />)}
      {readings.error && <p class="bad">{readings.error}</p>}
      {!readings.value && !readings.error && <p class="quiet">reading the counters…</p>}
    </aside>
  );
}

const octet_words: Readonly<Record<string, string>> = {
  'no rows': 'No row came in this minute.',
  'not kept': 'Rows came; their octets are not kept any more.',
  'not closed': 'The minute is not closed yet.',
  'too old': 'Older than 32 h: only the state of the minute is kept.',
};

// The last number kept before a first one is shown too: a difference needs both.
function PortTable({ port }: { port: Port }) {
  const shown = port.counters.filter((counter) => counter.readings.length > 0 || counter.before);
  return (
    <section class="port-readings">
      <h4>{port.side && <b>{port.side} </b>}{port.device} {port.interface}{port.parent_port && <span class="quiet"> (its parent port)</span>}</h4>
      {octet_words[port.octets] && <p class="quiet">{octet_words[port.octets]}</p>}
      {shown.length > 0 && (
        <table>
          <thead>
            <tr><th>counter</th><th>at</th><th class="number">value</th><th class="number">difference</th></tr>
          </thead>
          <tbody>
            {shown.flatMap((counter) => [
              ...(counter.before ? [<ReadingRow key={`${counter.counter} before`} counter={counter.counter} at={counter.before.at} value={counter.before.value} difference={null} before />] : []),
              ...counter.readings.map((reading) => <ReadingRow key={counter.counter + reading.at} counter={counter.counter} at={reading.at} value={reading.value} difference={reading.difference} />),
            ])}
          </tbody>
        </table>
      )}
      {shown.some((counter) => counter.left_out) && <p class="quiet">Of octets the first and the last of a minute are kept.</p>}
    </section>
  );
}

interface RowProps {
  counter: string;
  at: string;
  value: string;
  difference: string | null;
  before?: boolean;
}

function ReadingRow({ counter, at, value, difference, before }: RowProps) {
  const rose = counter.includes('errors') && difference !== null && difference !== '0';
  return (
    <tr class={before ? 'quiet' : rose ? 'rose' : ''}>
      <th scope="row">{counter}</th>
      <td>{before ? at.slice(5, 19).replace('T', ' ') : at.slice(11, 19)}</td>
      <td class="number">{grouped(value)}</td>
      <td class="number">{before ? 'before' : difference === null ? 'first known' : difference === '0' ? '0' : `${difference.startsWith('-') ? '−' : '+'}${grouped(difference.replace('-', ''))}`}</td>
    </tr>
  );
}

// Thin spaces between thousands.
export function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ' ');
}
