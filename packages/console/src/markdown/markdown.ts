/**
 * Shows a model's Markdown while it arrives. A model may be told by others what to say, so that nothing it says is trusted:
 * text becomes text nodes, links go to the web or to mail and nowhere else, and pictures are links, because loading one
 * would tell its server what was said.
 */
import {
  CHECKBOX,
  type Default_Renderer_Data,
  default_add_token,
  default_renderer,
  HEADING_1,
  HEADING_2,
  HEADING_3,
  HEADING_4,
  HEADING_5,
  HEADING_6,
  HREF,
  IMAGE,
  LANG,
  LINK,
  parser,
  parser_end,
  parser_write,
  SRC,
  START,
  type Token,
} from 'streaming-markdown'

const protocols = new Set(['http:', 'https:', 'mailto:'])

/** The page has two levels of headings of its own. */
const headings = new Map<Token, Token>([
  [HEADING_1, HEADING_3],
  [HEADING_2, HEADING_4],
  [HEADING_3, HEADING_5],
  [HEADING_4, HEADING_6],
  [HEADING_5, HEADING_6],
])

/** Takes in text as it comes. */
export interface MarkdownWriter {
  write(text: string): void
  /** The text is over: what was held back is shown. */
  end(): void
}

/** Begins to show Markdown in an element. */
export function writeMarkdown(target: HTMLElement): MarkdownWriter {
  const { data, end_token, add_text } = default_renderer(target)
  const state = parser({ data, add_token: addToken, end_token, add_text, set_attr: setAttribute })
  return { write: (text) => parser_write(state, text), end: () => parser_end(state) }
}

/** Whether an address may stand behind a link. */
export function isSafeAddress(address: string): boolean {
  return URL.canParse(address) && protocols.has(new URL(address).protocol)
}

function addToken(data: Default_Renderer_Data, type: Token): void {
  const isImage = type === IMAGE
  default_add_token(data, isImage ? LINK : (headings.get(type) ?? type))
  const element = data.nodes[data.index]
  if (isImage) element?.classList.add('picture')
  if (type === CHECKBOX) element?.setAttribute('aria-label', 'task')
}

function setAttribute(data: Default_Renderer_Data, type: number, value: string): void {
  const element = data.nodes[data.index]
  if (element === undefined) return
  if (type === HREF || type === SRC) {
    // Without an address it is no link, and says so by not looking like one.
    if (!isSafeAddress(value)) return
    element.setAttribute('href', value)
    element.setAttribute('rel', 'noopener noreferrer')
    element.setAttribute('target', '_blank')
  } else if (type === LANG) element.dataset.language = value
  else if (type === START) element.setAttribute('start', value)
  else element.setAttribute('checked', '')
}
