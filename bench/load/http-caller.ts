/** The load over HTTP: undici's `dispatch`, a connection to a call, bodies counted and not read. */
import { type Dispatcher, Pool } from 'undici'
import { type Script, writePrompt } from '../provider/script.ts'
import { type Caller, expectFrames, type OpenStream } from './caller.ts'
import { FrameCounter } from './frame-counter.ts'

/** How a server wants to be asked. */
export interface HttpDialect {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** The request's body. */
  body(prompt: string, stream: boolean): object
}

/** OpenAI's own. @param model the model asked for. */
export function openAiDialect(model: string, headers: Readonly<Record<string, string>> = {}): HttpDialect {
  return {
    path: '/v1/chat/completions',
    headers,
    body: (prompt, stream) => ({ model, stream, messages: [{ role: 'user', content: prompt }] }),
  }
}

interface Observer {
  onData?(bytes: Buffer): void
  onStart?(controller: Dispatcher.DispatchController): void
}

/** A client over HTTP. @param origin scheme, host and port. */
export function httpCaller(origin: string, dialect: HttpDialect): Caller {
  const pool = new Pool(origin, { connections: null, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 })

  function ask(script: Script, stream: boolean, observer: Observer): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const headers = {
      'content-type': 'application/json',
      authorization: 'Bearer bench',
      ...(stream && { accept: 'text/event-stream' }),
      ...dialect.headers,
    }
    const body = JSON.stringify(dialect.body(writePrompt(script), stream))
    pool.dispatch(
      { path: dialect.path, method: 'POST', headers, body },
      {
        onRequestStart: (controller) => observer.onStart?.(controller),
        onResponseStart: (controller, status) => {
          if (status !== 200) controller.abort(new Error(`Cannot measure: the status must be 200: it is ${status}`))
        },
        onResponseData: (_controller, bytes) => observer.onData?.(bytes),
        onResponseEnd: () => resolve(),
        onResponseError: (_controller, error) => reject(error),
      },
    )
    return promise
  }

  function stream(script: Script, onFrames: (count: number) => void): OpenStream {
    const counter = new FrameCounter()
    let frames = 0
    let left = false
    let controller: Dispatcher.DispatchController | undefined
    const whole = ask(script, true, {
      onStart: (started) => {
        controller = started
      },
      onData: (bytes) => {
        const count = counter.count(bytes)
        frames += count
        if (count > 0) onFrames(count)
      },
    })
    const ended = whole.then(
      () => {
        expectFrames(frames, script)
        return frames
      },
      (error) => {
        if (left) return frames
        throw error
      },
    )
    const cancel = () => {
      left = true
      controller?.abort(new Error('the load has left'))
    }
    return { ended, cancel }
  }

  return { whole: (script) => ask(script, false, {}), stream, close: () => pool.destroy() }
}
