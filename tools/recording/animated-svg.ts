/** Draws a recording as an SVG picture that moves: no script, so that it also plays where a page shows it as an image. */
import type { Piece, Scene } from './scene.ts'

/** How many characters fit on a line. */
const COLUMNS = 84
/** The size of a character and of a line, in the units of the picture. */
const CHARACTER = 8.43
const LINE = 20
const MARGIN = 16

interface Placed {
  readonly piece: Piece
  readonly text: string
  readonly column: number
  readonly row: number
}

/** The picture. Who asked for less movement sees the last state, and nothing moves. */
export function animatedSvg(scene: Scene, title: string): string {
  const placed = place(scene.pieces)
  const rows = Math.max(...placed.map(({ row }) => row)) + 1
  const width = Math.ceil(COLUMNS * CHARACTER + 2 * MARGIN)
  const height = rows * LINE + 2 * MARGIN
  const moments = [...new Set(placed.map(({ piece }) => percent(piece.atMs, scene)))]
  const frames = moments
    .map((at, index) => `@keyframes k${index}{0%{opacity:0}${at}%{opacity:1}}.k${index}{animation-name:k${index}}`)
    .join('\n')
  const texts = placed
    .map(({ piece, text, column, row }) => {
      const moment = moments.indexOf(percent(piece.atMs, scene))
      const x = (MARGIN + column * CHARACTER).toFixed(1)
      return `<text class="k${moment} ${piece.style}" x="${x}" y="${MARGIN + row * LINE + 14}" textLength="${(text.length * CHARACTER).toFixed(1)}">${escaped(text)}</text>`
    })
    .join('\n')
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre;animation:${(scene.durationMs / 1000).toFixed(2)}s step-end infinite}
.typed{fill:#7dd3fc}.plain{fill:#e5e7eb}.faint{fill:#9ca3af}
@media (prefers-reduced-motion:reduce){text{animation:none}}
${frames}
</style>
<rect width="${width}" height="${height}" rx="8" fill="#111827"/>
${texts}
</svg>
`
}

/** Where in the whole a moment is. The first hundredth of a percent belongs to the empty screen. */
function percent(atMs: number, scene: Scene): string {
  return Math.max(0.01, (atMs / scene.durationMs) * 100).toFixed(2)
}

/** Gives every piece its line and column, and breaks lines between words as people read them. */
function place(pieces: readonly Piece[]): Placed[] {
  const placed: Placed[] = []
  let row = 0
  let column = 0
  for (const piece of pieces) {
    for (const word of piece.text.split(/(?<=[ \n])|(?=\n)/)) {
      if (word === '\n') {
        row += 1
        column = 0
        continue
      }
      if (column > 0 && column + word.trimEnd().length > COLUMNS) {
        row += 1
        column = 0
      }
      placed.push({ piece, text: word, column, row })
      column += word.length
    }
  }
  return placed
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
