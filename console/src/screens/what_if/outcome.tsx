// What would have been otherwise: the records that end elsewhere, and each decision that is not as it was recorded, with the
// way to the minutes behind it.
import { href_of } from '../../app/router.ts';
import { at, moment, span } from '../../data/time.ts';
import type { Backtest, BacktestDecision, BacktestPlace } from '../../data/types.ts';
import { strip_params } from '../decisions/view.ts';
import { Part } from '../sources/part.tsx';

const minute = 60_000;
export const most_shown = 200;

export const differing = (outcome: Backtest) => outcome.decisions.filter((one) => one.difference !== 'same');

export function difference_words(one: BacktestDecision): string {
  if (one.minutes_later === null || one.difference === 'same') return one.difference;
  return `${span(Math.abs(one.minutes_later) * minute)} ${one.difference}`;
}

const name_of = (one: BacktestDecision) => `${one.pubkey} ${one.decided?.at ?? ''} ${one.recorded?.at ?? ''}`;

function minute_link(code: string, time: string, now: number): string {
  const whole = new Date(Math.floor(at(time) / minute) * minute).toISOString().replace('.000Z', 'Z');
  return href_of(`r/${code}`, strip_params(whole, now));
}
export function link_of(one: BacktestDecision, now: number): string {
  return minute_link(one.code, one.decided?.at ?? one.recorded?.at ?? '', now);
}

export function Outcome({ outcome, now, chosen, shown, more }: { outcome: Backtest; now: number; chosen: number; shown: number; more: () => void }) {
  const all = differing(outcome);
  return (
    <>
      <Part id="outcome" title="What would have been" about={`${moment(at(outcome.from), now)} to ${moment(at(outcome.to), now)} UTC, ${outcome.records.toLocaleString('en')} records`}>
        <dl class="figures">
          {Object.entries(outcome.summary).map(([name, count]) => (
            <div key={name}>
              <dd data-summary={name}>{count.toLocaleString('en')}</dd>
              <dt>{name}</dt>
            </div>
          ))}
        </dl>
        {outcome.notes.map((note) => (
          <p key={note} class="note">
            {note}
          </p>
        ))}
      </Part>
      <Elsewhere places={outcome.elsewhere} now={now} />
      <Part id="otherwise" title={`${all.length.toLocaleString('en')} ${all.length === 1 ? 'decision' : 'decisions'} otherwise`} about="each leads to its minute in the record's evidence">
        {all.length === 0 && <p class="empty">Every decision would have been the same, in the same minute.</p>}
        {all.length > 0 && (
          <table class="facts">
            <thead>
              <tr>
                <th scope="col">Record</th>
                <th scope="col">Health</th>
                <th scope="col">Difference</th>
                <th scope="col">It would have been</th>
                <th scope="col">It was</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {all.slice(0, shown).map((one, index) => (
                <tr key={name_of(one)} id={`otherwise-${index}`} data-difference={one.difference} class={index === chosen ? 'chosen' : undefined}>
                  <th scope="row">
                    <a href={link_of(one, now)}>{one.code}</a>
                  </th>
                  <td>
                    {one.from} → {one.to}
                  </td>
                  <td>{difference_words(one)}</td>
                  <td>
                    <When side={one.decided} now={now} />
                  </td>
                  <td>
                    <When side={one.recorded} now={now} />
                  </td>
                  <td>{(one.decided ?? one.recorded)?.sentence}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {all.length > shown && (
          <button type="button" class="further" onClick={more}>
            {Math.min(most_shown, all.length - shown)} more of {(all.length - shown).toLocaleString('en')}
          </button>
        )}
      </Part>
    </>
  );
}

function When({ side, now }: { side: BacktestDecision['decided']; now: number }) {
  if (!side) return <span class="quiet">not decided</span>;
  return (
    <>
      <time dateTime={side.at}>{moment(at(side.at), now)}</time>
      {side.followed.map((step) => (
        <p key={step.at} class="quiet">
          then {step.to} {moment(at(step.at), now)}
        </p>
      ))}
    </>
  );
}

function Elsewhere({ places, now }: { places: readonly BacktestPlace[]; now: number }) {
  return (
    <Part id="elsewhere" title={`${places.length.toLocaleString('en')} ${places.length === 1 ? 'record' : 'records'} elsewhere at the end`} about="than what was recorded, and since when">
      {places.length === 0 && <p class="empty">Every record would be where it was.</p>}
      {places.length > 0 && (
        <table class="facts">
          <thead>
            <tr>
              <th scope="col">Record</th>
              <th scope="col">It would be</th>
              <th scope="col">It was</th>
              <th scope="col">Since</th>
            </tr>
          </thead>
          <tbody>
            {places.slice(0, most_shown).map((one) => (
              <tr key={one.pubkey} data-elsewhere={one.code}>
                <th scope="row">
                  <a href={minute_link(one.code, one.since, now)}>{one.code}</a>
                </th>
                <td>
                  {one.decided.status}, {one.decided.health}
                </td>
                <td>
                  {one.recorded.status}, {one.recorded.health}
                </td>
                <td>
                  <time dateTime={one.since}>{moment(at(one.since), now)} UTC</time>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {places.length > most_shown && <p class="note">and {(places.length - most_shown).toLocaleString('en')} more</p>}
    </Part>
  );
}
