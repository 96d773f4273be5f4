/** Asks for the sidecar's token, where it has one. */
import { useSignal } from '@preact/signals'
import { Problem } from '../parts/notice.tsx'
import { session } from '../state/session.ts'

export function Login({ problem }: { readonly problem: string | undefined }) {
  const token = useSignal('')
  return (
    <form
      class="card login"
      onSubmit={(event) => {
        event.preventDefault()
        void session.enter(token.value)
      }}
    >
      <h1 tabIndex={-1}>Log in</h1>
      <p>This sidecar asks for its token. It is the value of DAPR_API_TOKEN that the sidecar was started with.</p>
      <label>
        Token
        <input
          type="password"
          autocomplete="current-password"
          required
          value={token.value}
          onInput={({ currentTarget }) => {
            token.value = currentTarget.value
          }}
        />
      </label>
      <Problem text={problem} />
      <button type="submit" class="primary">
        Log in
      </button>
    </form>
  )
}
