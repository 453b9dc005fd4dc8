// The judges of [quorum] in full, and every change that waits for them.
import { href_of } from '../../app/router.ts';
import { at, moment } from '../../data/time.ts';
import type { Status } from '../../data/types.ts';
import { Part } from './part.tsx';

export function Judges({ judges, now }: { judges: Status['judges']; now: number }) {
  if (judges.n <= 1) return null;
  return (
    <Part id="judges" title="Judges" about={`${judges.k} of ${judges.n} have to hold the same before health is raised; this monitor is one`}>
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">Judge</th>
            <th scope="col">Key</th>
            <th scope="col">At</th>
            <th scope="col" class="number">
              Spoke last
            </th>
            <th scope="col" class="number">
              Opinions
            </th>
            <th scope="col">Trouble</th>
          </tr>
        </thead>
        <tbody>
          {judges.peers.map((peer) => (
            <tr key={peer.key}>
              <th scope="row">{peer.judge}</th>
              <td class="mono">{peer.key.slice(0, 12)}…</td>
              <td class="mono">{peer.url}</td>
              <td class="number">{peer.answered_at === null ? 'never' : `${moment(at(peer.answered_at), now)} UTC`}</td>
              <td class="number">{peer.opinions}</td>
              <td class={peer.error === null ? '' : 'bad'}>{peer.error}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {judges.waiting_count > 0 && <Waiting judges={judges} now={now} />}
    </Part>
  );
}

function Waiting({ judges, now }: { judges: Status['judges']; now: number }) {
  return (
    <table class="facts" aria-label="changes that wait for judges">
      <thead>
        <tr>
          <th scope="col">Waits</th>
          <th scope="col">Change</th>
          <th scope="col" class="number">
            Agree
          </th>
          <th scope="col">Since</th>
          <th scope="col">For whom</th>
        </tr>
      </thead>
      <tbody>
        {judges.waiting.map((one) => (
          <tr key={one.pubkey}>
            <th scope="row">
              <a href={href_of(`r/${one.code}`)}>{one.code}</a>
            </th>
            <td>
              {one.from} → {one.to}
            </td>
            <td class="number">
              {one.agree} of {one.needed}
            </td>
            <td>{moment(at(one.since), now)} UTC</td>
            <td>{one.text}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
