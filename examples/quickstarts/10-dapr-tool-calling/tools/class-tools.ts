/** Tools that belong to an object, for what a function alone does not have: a price list to be made with, or a memory. */
import { tool } from '@dapr-chat/client'
import * as z from 'zod'

/** Converts money at the rates that it is made with. */
export class CurrencyConverter {
  readonly #dollars: ReadonlyMap<string, number>

  /** @param dollars what one unit of each currency costs, in US dollars. */
  constructor(dollars: Readonly<Record<string, number>>) {
    this.#dollars = new Map(Object.entries(dollars))
  }

  readonly tool = tool({
    name: 'CurrencyConverter',
    description: 'Converts an amount of money; the rates are made up',
    input: z.object({ amount: z.coerce.number(), from: z.string().describe('Such as USD'), to: z.string() }),
    execute: ({ amount, from, to }) =>
      `${amount} ${from} = ${((amount * this.#price(from)) / this.#price(to)).toFixed(2)} ${to}`,
  })

  #price(currency: string): number {
    const price = this.#dollars.get(currency.toUpperCase())
    if (price === undefined) throw new Error(`a currency must be one of ${[...this.#dollars.keys()].join(', ')}`)
    return price
  }
}

/** Keeps a list of tasks, as long as the object is kept. */
export class TaskManager {
  readonly #tasks: { readonly title: string; done: boolean }[] = []

  readonly tool = tool({
    name: 'TaskManager',
    description: 'Adds tasks to a list, completes them, and lists them all',
    input: z.object({ action: z.enum(['add', 'complete', 'list']), title: z.string().optional() }),
    execute: ({ action, title = '' }) => {
      if (action !== 'list' && title === '') throw new Error(`to ${action} a task, its title must be given`)
      if (action === 'add') this.#tasks.push({ title, done: false })
      if (action === 'complete') this.#complete(title)
      const list = this.#tasks.map((task) => `${task.title} (${task.done ? 'done' : 'open'})`)
      return list.length === 0 ? 'There are no tasks' : `Tasks: ${list.join(', ')}`
    },
  })

  #complete(title: string): void {
    const task = this.#tasks.find((each) => each.title.toLowerCase() === title.toLowerCase())
    if (!task) throw new Error(`there is no task "${title}"`)
    task.done = true
  }
}

/** One of each. */
export function classTools() {
  const converter = new CurrencyConverter({ USD: 1, EUR: 1.1, GBP: 1.25, JPY: 0.0068 })
  return [converter.tool, new TaskManager().tool]
}
