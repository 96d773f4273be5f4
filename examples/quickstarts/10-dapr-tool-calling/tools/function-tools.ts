/** Tools that are functions. Nothing here asks a server: they show how tools are made, not what they are good for. */
import { tool } from '@dapr-chat/client'
import * as z from 'zod'
import { calculate } from './calculate.ts'

export const getWeather = tool({
  name: 'get_weather',
  description: 'Current weather for a location',
  input: z.object({ location: z.string().describe('City and state, such as San Francisco, CA') }),
  execute: ({ location }) => `Weather in ${location}: 72°F, sunny, light breeze`,
})

const zones: Readonly<Record<string, string>> = {
  london: 'Europe/London',
  'new york': 'America/New_York',
  paris: 'Europe/Paris',
  'san francisco': 'America/Los_Angeles',
  sydney: 'Australia/Sydney',
  tokyo: 'Asia/Tokyo',
}

const getTimeZone = tool({
  name: 'get_time_zone',
  description: 'Time zone and local time of a city',
  input: z.object({ location: z.string().describe('City, and a country where it helps, such as Tokyo, Japan') }),
  execute({ location }) {
    const city = location.split(',', 1).join('').trim().toLowerCase()
    const timeZone = zones[city]
    if (timeZone === undefined) throw new Error(`the city must be one of ${Object.keys(zones).join(', ')}`)
    const time = new Date().toLocaleTimeString('en-GB', { timeZone, timeStyle: 'short' })
    return `Time zone of ${location}: ${timeZone}, where it is ${time}`
  },
})

export const functionTools = [getWeather, calculate, getTimeZone]
