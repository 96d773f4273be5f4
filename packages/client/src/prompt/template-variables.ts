/** Which variables a template asks for, so that a value that is missing or misspelt is noticed before anything is sent. */
import type { Template } from '@huggingface/jinja'
import { isObject } from '../schema/json-object.ts'

/** The variables of a template. */
export interface TemplateVariables {
  /** All that it reads and does not set itself. */
  readonly used: ReadonlySet<string>
  /** Those that it asks about, by `if`, `is defined` or `default`: it copes without them. */
  readonly optional: ReadonlySet<string>
}

/** Names that templates know without being given them. */
const builtIn = [
  'true',
  'false',
  'none',
  'True',
  'False',
  'None',
  'range',
  'namespace',
  'loop',
  'raise_exception',
  'strftime_now',
  'caller',
  'varargs',
  'kwargs',
]

/** A node of the template's tree, as far as it matters here. */
type Node = { readonly type: string } & Readonly<Record<string, unknown>>

/** Walks through a template. What it sets anywhere counts as its own everywhere. */
export function templateVariables(template: Template): TemplateVariables {
  const used = new Set<string>()
  const optional = new Set<string>()
  const own = new Set<string>(builtIn)

  function visit(value: unknown, asked = false): void {
    if (Array.isArray(value)) for (const one of value) visit(one, asked)
    else if (value instanceof Map) for (const entry of value) visit(entry, asked)
    else if (isNode(value)) visitNode(value, asked)
  }

  function visitNode(node: Node, asked: boolean): void {
    switch (node.type) {
      case 'Identifier':
        used.add(String(node.value))
        if (asked) optional.add(String(node.value))
        return
      case 'MemberExpression':
        visit(node.object, asked)
        if (node.computed) visit(node.property, asked)
        return
      case 'KeywordArgumentExpression':
        visit(node.value, asked)
        return
      case 'FilterExpression':
        visit(node.operand, asked || filterName(node.filter) === 'default')
        visitFilter(node.filter, asked)
        return
      case 'FilterStatement':
        visit(node.body, asked)
        visitFilter(node.filter, asked)
        return
      case 'TestExpression':
        visit(node.operand, true)
        return
      case 'If':
      case 'Ternary':
        for (const [key, part] of Object.entries(node))
          visit(part, asked || key === (node.type === 'If' ? 'test' : 'condition'))
        return
      case 'For':
        declare(node.loopvar)
        break
      case 'Set':
        declare(node.assignee)
        break
      case 'Macro':
        declare(node.name)
        declare(node.args)
        break
      case 'CallStatement':
        declare(node.callerArgs)
    }
    // An operator such as `or` looks like a variable, and is none.
    for (const [key, part] of Object.entries(node)) if (key !== 'operator') visit(part, asked)
  }

  function visitFilter(filter: unknown, asked: boolean): void {
    if (isNode(filter) && filter.type === 'CallExpression') visit(filter.args, asked)
  }

  function declare(target: unknown): void {
    if (Array.isArray(target)) for (const one of target) declare(one)
    else if (isNode(target) && target.type === 'Identifier') own.add(String(target.value))
    else if (isNode(target) && target.type === 'TupleLiteral') declare(target.value)
    else if (isNode(target) && target.type === 'KeywordArgumentExpression') declare(target.key)
  }

  visit(template.parsed.body)
  for (const name of own) {
    used.delete(name)
    optional.delete(name)
  }
  return { used, optional }
}

function filterName(filter: unknown): unknown {
  if (!isNode(filter)) return undefined
  const name = filter.type === 'CallExpression' ? filter.callee : filter
  return isNode(name) ? name.value : undefined
}

function isNode(value: unknown): value is Node {
  return isObject(value) && typeof value.type === 'string'
}
