// Inputs with labels, by the names that forms read them by.

import type { ComponentChildren, VNode } from 'preact'
import { useId } from 'preact/hooks'

interface FieldProps {
  readonly name: string
  readonly label: string
  readonly hint?: string
}

interface LabelledProps extends Pick<FieldProps, 'label' | 'hint'> {
  readonly id: string
  readonly isWide?: boolean
  readonly children: ComponentChildren
}

function Labelled({ id, label, hint, isWide, children }: LabelledProps): VNode {
  return (
    <div class={isWide ? 'field wide' : 'field'}>
      <label for={id}>{label}</label>
      {children}
      {hint !== undefined && (
        <small id={`${id}-hint`} class="quiet">
          {hint}
        </small>
      )}
    </div>
  )
}

const hintOf = (id: string, hint: string | undefined): string | undefined =>
  hint === undefined ? undefined : `${id}-hint`

interface InputProps extends FieldProps {
  readonly value?: string
  readonly isRequired?: boolean
}

/** What inputs of one line have in common. */
function inputOf(id: string, { name, hint, value, isRequired }: InputProps) {
  return {
    id,
    name,
    defaultValue: value ?? '',
    required: isRequired ?? false,
    'aria-describedby': hintOf(id, hint),
  }
}

export function TextField(props: InputProps): VNode {
  const id = useId()
  return (
    <Labelled id={id} {...props}>
      <input type="text" spellcheck={false} autocomplete="off" {...inputOf(id, props)} />
    </Labelled>
  )
}

export function NumberField(props: InputProps): VNode {
  const id = useId()
  return (
    <Labelled id={id} {...props}>
      <input type="number" {...inputOf(id, props)} />
    </Labelled>
  )
}

export function PasswordField(props: InputProps): VNode {
  const id = useId()
  return (
    <Labelled id={id} {...props}>
      <input type="password" autocomplete="new-password" {...inputOf(id, props)} />
    </Labelled>
  )
}

interface AreaProps extends FieldProps {
  readonly rows?: number
}

export function AreaField({ name, rows = 5, ...rest }: AreaProps): VNode {
  const id = useId()
  return (
    <Labelled id={id} isWide {...rest}>
      <textarea id={id} name={name} rows={rows} spellcheck={false} />
    </Labelled>
  )
}

interface SelectProps extends InputProps {
  /** What is sent, or with it what is shown. */
  readonly options: readonly (string | readonly [value: string, text: string])[]
}

export function SelectField({ name, options, value, isRequired, ...rest }: SelectProps): VNode {
  const id = useId()
  const pairs = options.map((one) => (typeof one === 'string' ? ([one, one] as const) : one))
  return (
    <Labelled id={id} {...rest}>
      <select
        id={id}
        name={name}
        required={isRequired ?? false}
        aria-describedby={hintOf(id, rest.hint)}
      >
        {pairs.map(([choice, text]) => (
          <option key={choice} value={choice} selected={choice === value}>
            {text}
          </option>
        ))}
      </select>
    </Labelled>
  )
}

interface CheckProps extends FieldProps {
  readonly value?: string
  readonly isChecked?: boolean
}

export function CheckField({ name, label, value, isChecked }: CheckProps): VNode {
  return (
    <label class="check">
      <input
        type="checkbox"
        name={name}
        value={value ?? 'on'}
        defaultChecked={isChecked ?? false}
      />{' '}
      {label}
    </label>
  )
}
