/** The stretches of a call's life, one below the other along one axis of time. */
import type { CallPhase } from '@dapr-chat/protocol/console'
import { duration } from '../text/format.ts'
import { phaseWords } from '../text/words.ts'

/** @param totalMs the length of the axis. */
export function Waterfall({ phases, totalMs }: { readonly phases: readonly CallPhase[]; readonly totalMs: number }) {
  const percent = (ms: number) => `${Math.min(100, Math.max(0, (ms / Math.max(totalMs, 0.001)) * 100))}%`
  return (
    <table class="waterfall">
      <caption>Where the time went</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Stretch</th>
          <th scope="col">On the axis of time</th>
          <th scope="col">Starts after</th>
          <th scope="col">Took</th>
        </tr>
      </thead>
      <tbody>
        {phases.map(({ name, startMs, durationMs }, index) => (
          <tr key={index}>
            <th scope="row">{phaseWords[name]}</th>
            <td class="track">
              <div class={`bar ${name}`} style={{ left: percent(startMs), width: percent(durationMs) }} />
            </td>
            <td class="numeric">
              <span class="visually-hidden">{duration(startMs)}</span>
            </td>
            <td class="numeric">{duration(durationMs)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
