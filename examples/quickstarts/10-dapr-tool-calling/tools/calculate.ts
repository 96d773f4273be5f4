/** The tool `calculate`, with a parser of its own: what a model writes is never run as code. */
import { tool } from '@dapr-chat/client'
import * as z from 'zod'

/** Works out sums, products and what else there is, with brackets and signs. */
export const calculate = tool({
  name: 'calculate',
  description: 'Works out an arithmetic expression with + - * / % and brackets',
  input: z.object({ expression: z.string().describe('Such as 15 * 8 + 7') }),
  execute: ({ expression }) => `Result: ${expression} = ${evaluate(expression)}`,
})

/**
 * The value of an expression.
 * @throws Error that names the expression, where it is none or has no finite value.
 */
export function evaluate(expression: string): number {
  const tokens = expression.match(/\d+(?:\.\d+)?|\S/g) ?? []
  let at = 0
  const wrong = () => new Error(`cannot work out "${expression}"`)

  function sum(): number {
    let value = product()
    while (tokens[at] === '+' || tokens[at] === '-') value += tokens[at++] === '+' ? product() : -product()
    return value
  }

  function product(): number {
    let value = factor()
    while (true) {
      const operator = tokens[at]
      if (operator === '*') value *= next(factor)
      else if (operator === '/') value /= next(factor)
      else if (operator === '%') value %= next(factor)
      else return value
    }
  }

  function factor(): number {
    const token = tokens[at++] ?? ''
    if (token === '-') return -factor()
    if (token === '+') return factor()
    if (token === '(') {
      const value = sum()
      if (tokens[at++] !== ')') throw wrong()
      return value
    }
    if (!/^\d/.test(token)) throw wrong()
    return Number(token)
  }

  /** Passes over the operator. */
  function next(part: () => number): number {
    at++
    return part()
  }

  const value = sum()
  if (at < tokens.length || !Number.isFinite(value)) throw wrong()
  return value
}
