// A network that a visitor hurts, served by ./dev sim --serve and ./dev demo alone: faults to turn on, and whether anything
// unsafe happens. It stands by itself: no monitor is behind it, so nothing of the other screens is around it.
import './simulator/simulator.css';

import { useEffect, useState } from 'preact/hooks';

import { Failure } from '../data/api.ts';
import { mend_all, read_simulation, set_speed, speeds, told, turn_fault, type SimulationState } from '../data/simulation.ts';
import { health_mark, Mark, Shape } from '../ui/marks.tsx';
import { Part } from './sources/part.tsx';

const look_every = 500;
const nothing_here = 'There is nothing to hurt here: ./dev sim --serve and ./dev demo have this page.';

// Its own words, when there are any.
const words_of_failure = (error: unknown) => (error instanceof Failure && error.status > 0 ? error.message : 'It does not answer.');

export function Simulator() {
  const [state, set_state] = useState<SimulationState>();
  const [problem, set_problem] = useState(''); // of looking
  const [refusal, set_refusal] = useState(''); // of what was asked last; it stays until something is done
  const take = (asked: Promise<SimulationState>, set_words: (words: string) => void, words_of: (error: unknown) => string) =>
    asked.then(
      (found) => {
        set_state(found);
        set_words('');
      },
      (error: unknown) => set_words(words_of(error)),
    );
  const act = (asked: Promise<SimulationState>) => void take(asked, set_refusal, words_of_failure);
  useEffect(() => {
    document.title = 'Simulator · DoubleZero';
    let stopped = false;
    const look = async () => {
      await take(read_simulation(), set_problem, (error) => (error instanceof Failure && error.status === 404 ? nothing_here : words_of_failure(error)));
      if (!stopped) setTimeout(() => void look(), look_every);
    };
    void look();
    return () => {
      stopped = true;
    };
  }, []);
  return (
    <main class="simulator" id="content">
      <header>
        <h1>A network to hurt</h1>
        {state && <Time state={state} take={act} />}
      </header>
      {state && (
        <p class="quiet">
          {state.about} {state.console !== null && <a href={state.console}>The console shows the same.</a>}
        </p>
      )}
      {problem && <p role="alert" class="bad">{problem}</p>}
      {refusal && refusal !== problem && <p role="alert" class="bad" data-refusal>{refusal}</p>}
      {state && (
        <>
          <Safety state={state} />
          <Faults state={state} take={act} />
          <Processes state={state} />
          <Records state={state} />
          <Story state={state} />
        </>
      )}
    </main>
  );
}

interface Shown {
  state: SimulationState;
}
interface Acting extends Shown {
  take: (asked: Promise<SimulationState>) => void;
}

function Time({ state, take }: Acting) {
  return (
    <>
      <time class="time" dateTime={state.now}>
        {state.now.slice(0, 19).replace('T', ' ')}
      </time>
      {state.speed !== null && (
        <span class="segments" role="group" aria-label="speed">
          {speeds.map((one) => (
            <button key={one.speed} type="button" aria-pressed={state.speed === one.speed} onClick={() => take(set_speed(one.speed))}>
              {one.name}
            </button>
          ))}
        </span>
      )}
    </>
  );
}

function Safety({ state }: Shown) {
  const unsafe = state.violations.length > 0;
  return (
    <Part id="safety" title="Is it safe?" about="checked at every transaction, by rules written down a second time">
      <p class={`verdict ${unsafe ? 'bad' : 'good'}`} role="status" data-safe={String(!unsafe)}>
        <svg width="18" height="18" viewBox="0 0 14 14" aria-hidden="true">
          <Shape kind={unsafe ? 'failing' : 'good'} />
        </svg>
        {unsafe ? `${state.violations.length} things happened that must not` : 'Nothing unsafe has happened'}
      </p>
      {unsafe && <ul class="violations bad">{state.violations.map((one) => <li key={one}>{one}</li>)}</ul>}
      <ul class="checks">
        {state.checks.map((check) => (
          <li key={check.rule}>
            <b data-looked-at={check.rule}>{check.looked_at.toLocaleString('en')}</b> <span class="quiet">{check.rule}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Faults({ state, take }: Acting) {
  const on = state.faults.filter((one) => one.since !== null).length;
  return (
    <section class="part" aria-labelledby="faults">
      <header>
        <h2 id="faults">What goes wrong</h2>
        <span class="quiet">{on === 0 ? 'nothing yet: turn something on' : `${on} on`}</span>
        {on > 0 && (
          <button type="button" class="plain" onClick={() => take(mend_all())}>
            end all of it
          </button>
        )}
      </header>
      <ul class="faults">
        {state.faults.map((one) => (
          <li key={one.name}>
            <button type="button" data-fault={one.name} aria-pressed={one.since !== null} onClick={() => take(turn_fault(one.name, one.since === null))}>
              <b>{one.title}</b>
              <span class="quiet">{one.since === null ? one.about : `since ${one.since.slice(11, 19)}: ${one.about}`}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Processes({ state }: Shown) {
  return (
    <Part id="processes" title="Processes" about="each may die at any instant">
      <ul class="processes">
        {state.processes.map((one) => (
          <li key={one.name} data-process={one.name}>
            <svg class={one.runs ? 'good' : 'bad'} width="12" height="12" viewBox="0 0 14 14" aria-hidden="true">
              <Shape kind={one.runs ? 'good' : 'failing'} />
            </svg>
            {one.name} <span class="quiet">{one.does}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Records({ state }: Shown) {
  return (
    <Part id="records" title="Links and devices" about="as the ledger has them, with what the monitor says">
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">Record</th>
            <th scope="col">Status</th>
            <th scope="col">Health</th>
            <th scope="col">The monitor says</th>
          </tr>
        </thead>
        <tbody>
          {state.records.map((one) => (
            <tr key={`${one.kind} ${one.code}`} data-simulated={one.code}>
              <th scope="row">
                <Mark kind={health_mark(one.health)} size={12} />
                {one.code} <span class="quiet">{one.kind}</span>
              </th>
              <td>
                {one.status}
                {one.status === one.desired_status ? '' : `, wanted ${one.desired_status}`}
              </td>
              <td>{one.health}</td>
              <td>{one.sentence || 'nothing: it is dead'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function Story({ state }: Shown) {
  return (
    <Part id="story" title="What happened" about="the newest first">
      <ol class="story" tabIndex={0} aria-label="what happened, the newest first">
        {state.story.map(told).map((line, i) => (
          <li key={`${line.at} ${line.text} ${i}`}>
            <span class="quiet">{line.at}</span> {line.text}
          </li>
        ))}
      </ol>
    </Part>
  );
}
