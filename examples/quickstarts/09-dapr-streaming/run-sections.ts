/** Runs the parts of a demo one after the other, and claims success only where each of them had it. */
import { ComponentNotFoundError, type DaprChatClient, SidecarUnavailableError } from '@dapr-chat/client'
import { tellFailure } from '../tell-failure.ts'

/** One part of a demo. */
export interface Section {
  /** What stands before the reason where it fails. */
  readonly failure: string
  /** Prints what it does; throws where it fails. */
  run(llm: DaprChatClient): Promise<void>
}

/**
 * Runs them, and says how many failed. Without the sidecar or its component the others are not tried.
 * @param advice what to do where one of these is missing.
 * @returns whether all of them succeeded.
 */
export async function runSections(llm: DaprChatClient, sections: readonly Section[], advice: string): Promise<boolean> {
  let failed = 0
  for (const { failure, run } of sections) {
    console.log()
    try {
      await run(llm)
    } catch (error) {
      failed++
      tellFailure(failure, error)
      if (error instanceof SidecarUnavailableError || error instanceof ComponentNotFoundError) {
        console.log(`💡 ${advice}`)
        break
      }
    }
  }
  console.log()
  if (failed > 0) console.log(`❌ ${failed} of ${sections.length} sections failed`)
  return failed === 0
}
