/** The five tools of the examples. Nothing here asks a server: they show how tools are made, not what they are good for. */
import { tool } from '@dapr-chat/client'
import * as z from 'zod'
import { calculate } from './calculate.ts'

const getWeather = tool({
  name: 'get_weather',
  description: 'Current weather for a location',
  input: z.object({ location: z.string().describe('City and state, such as San Francisco, CA') }),
  execute: ({ location }) => `Weather in ${location}: 72°F, sunny, light breeze`,
})

const zones: Readonly<Record<string, string>> = {
  london: 'Europe/London',
  paris: 'Europe/Paris',
  tokyo: 'Asia/Tokyo',
  'new york': 'America/New_York',
  'san francisco': 'America/Los_Angeles',
}

const getTimeZone = tool({
  name: 'get_time_zone',
  description: 'Time zone and local time of a city',
  input: z.object({ location: z.string() }),
  execute({ location }) {
    const timeZone = zones[location.toLowerCase()]
    if (timeZone === undefined) throw new Error(`the city must be one of ${Object.keys(zones).join(', ')}`)
    const time = new Date().toLocaleTimeString('en-GB', { timeZone, timeStyle: 'short' })
    return `Time zone of ${location}: ${timeZone}, where it is ${time}`
  },
})

const dollarsFor: Readonly<Record<string, number>> = { USD: 1, EUR: 1.1, GBP: 1.25, JPY: 0.0068 }

const currencyConverter = tool({
  name: 'CurrencyConverter',
  description: 'Converts an amount of money; the rates are made up',
  input: z.object({ amount: z.coerce.number(), from: z.string(), to: z.string() }),
  execute({ amount, from, to }) {
    const [dollars, price] = [dollarsFor[from], dollarsFor[to]]
    if (!dollars || !price) throw new Error(`a currency must be one of ${Object.keys(dollarsFor).join(', ')}`)
    return `${amount} ${from} = ${((amount * dollars) / price).toFixed(2)} ${to}`
  },
})

/** A tool that remembers: its tasks last as long as the object that made it. */
class Tasks {
  readonly #tasks: { readonly title: string; done: boolean }[] = []

  readonly manager = tool({
    name: 'TaskManager',
    description: 'Remembers tasks, marks them as done and lists them',
    input: z.object({ action: z.enum(['remember', 'finish', 'list']), title: z.string().optional() }),
    execute: ({ action, title = '' }) => {
      if (action === 'remember') this.#tasks.push({ title, done: false })
      if (action === 'finish') this.#finish(title)
      return `Tasks: ${this.#tasks.map((task) => `${task.title} (${task.done ? 'done' : 'open'})`).join(', ')}`
    },
  })

  #finish(title: string): void {
    const task = this.#tasks.find((each) => each.title === title)
    if (!task) throw new Error(`there is no task "${title}"`)
    task.done = true
  }
}

export const tools = [getWeather, calculate, getTimeZone, currencyConverter, new Tasks().manager]
