// What this monitor is doing, and where it is slow.
import { doing_words, is_slow, slowest_words, times_of, took, within, work_name, type Work } from '../../data/work.ts';
import type { Status } from '../../data/types.ts';
import { Mark } from '../../ui/marks.tsx';
import { Part } from './part.tsx';

export function WorkPart({ status, now }: { status: Status; now: number }) {
  const doing = doing_words(status, now);
  return (
    <Part id="work" title="What it is doing, and where it is slow" about="times of the last ten to twenty minutes; where those are not kept, since it runs">
      <p class="work-says" data-fact="slowest">
        {slowest_words(status.work) || 'Nothing was done yet'}.
      </p>
      <p class="work-says" data-fact="doing">
        {doing.length === 0 ? 'Nothing waits: it judges each minute as it closes.' : `Now: ${doing.join('; ')}.`}
      </p>
      <table class="facts">
        <thead>
          <tr>
            <th scope="col">What</th>
            <th scope="col" class="number">
              Times
            </th>
            <th scope="col" class="number">
              On average
            </th>
            <th scope="col" class="number">
              Half of them
            </th>
            <th scope="col" class="number">
              99 of 100
            </th>
            <th scope="col">Counted</th>
          </tr>
        </thead>
        <tbody>
          {status.work.map((work) => (
            <WorkRow key={work_name(work)} work={work} />
          ))}
        </tbody>
      </table>
    </Part>
  );
}

function WorkRow({ work }: { work: Work }) {
  const { times, lately } = times_of(work);
  const slow = is_slow(work);
  return (
    <tr data-work={work.what}>
      <th scope="row">
        {slow && <Mark kind="damped" />} {work_name(work)}
      </th>
      <td class="number">{times.count.toLocaleString('en')}</td>
      <td class="number">{times.mean_seconds === null ? '' : took(times.mean_seconds)}</td>
      <td class="number">{within(times.half_within_seconds, times.count)}</td>
      <td class={`number ${slow ? 'amber' : ''}`}>{within(times.p99_within_seconds, times.count)}</td>
      <td class="quiet">{lately ? 'lately' : 'since the start'}</td>
    </tr>
  );
}
