// The sources as they were at an earlier time, out of what the decisions of then say of them. What they do not say is not known.
import type { Past } from '../../app/past.tsx';
import { href_of } from '../../app/router.ts';
import { sources_at, type PastSource } from '../../data/past.ts';
import { age, at, moment } from '../../data/time.ts';
import { Facts, Part } from './part.tsx';

export function SourcesThen({ past, policy_now, now }: { past: Past; policy_now: string | undefined; now: number }) {
  const sources = sources_at(past.log.decisions, past.time);
  const decision = past.log.decisions.find((one) => at(one.at) <= past.time);
  const compared = policy_now && (decision?.policy === policy_now ? 'the one in force now' : 'not the one in force now');
  return (
    <>
      <h1 class="unseen">Sources at {moment(past.time, now)} UTC</h1>
      <p class="then-known quiet">
        Known of then: how far each source was complete when the last decision before was made, and the policy that it was judged by. Not known of then: stores and
        their errors, webhooks, settings, and how the sources were between two decisions.
      </p>
      <Part id="sources" title="Sources" about="as the last decision that asked each of them says">
        {sources.length === 0 && <p class="empty">{past.log.reading ? 'Decisions are being read.' : 'No decision before that time was read: nothing is known of then.'}</p>}
        {sources.length > 0 && <Table sources={sources} now={now} />}
      </Part>
      {decision && (
        <Part id="policy" title="Policy in force">
          <Facts facts={[['Digest', <span class="mono">{[decision.policy, compared].filter(Boolean).join(', ')}</span>]]} />
        </Part>
      )}
    </>
  );
}

function Table({ sources, now }: { sources: readonly PastSource[]; now: number }) {
  return (
    <table class="facts">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col" class="number">
            Complete through
          </th>
          <th scope="col" class="number">
            Behind
          </th>
          <th scope="col">State</th>
          <th scope="col">Says the decision</th>
        </tr>
      </thead>
      <tbody>
        {sources.map(({ source, watermark, stale, by }) => (
          <tr key={source} data-source={source}>
            <th scope="row">{source}</th>
            <td class="number">{watermark ? `${moment(at(watermark), now)} UTC` : 'nothing yet'}</td>
            <td class="number">{watermark ? age(at(by.at) - at(watermark)) : ''}</td>
            <td>{stale ? <span class="amber">late</span> : <span class="quiet">not late</span>}</td>
            <td>
              <a href={href_of('decisions', { span: 'all', at: String(by.id) })}>
                {by.code} at {moment(at(by.at), now)} UTC
              </a>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
