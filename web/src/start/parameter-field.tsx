import { Select, Switch, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useId } from 'react';
import type { ParameterDeclaration } from '../../../src/contract/parameters.ts';
import type { Contradiction } from '../../../src/contract/preview.ts';
import classes from './parameter-form.module.css';
import { formWords } from './words.ts';

/** One field of the form, made from its declaration: where its value came from, what is wrong, what contradicts. */
export function ParameterField(props: {
  declaration: ParameterDeclaration;
  value: string | boolean;
  fault: string | undefined;
  source: string | undefined;
  /** What it was at the last start, where it differs now. */
  before: string | undefined;
  contradictions: readonly Contradiction[];
  /** It has the focus when the form is opened. */
  isFirst: boolean;
  onChange: (value: string | boolean) => void;
}) {
  const { contradictions } = props;
  const notes = useId();
  return (
    <div
      className={
        props.declaration.kind === 'text' || props.declaration.kind === 'boolean' ? classes.wide : undefined
      }
    >
      <Input {...props} describedBy={contradictions.length > 0 ? notes : undefined} />
      {contradictions.length > 0 && (
        <div id={notes} className={classes.contradictions}>
          {contradictions.map(({ severity, message }) => (
            <p key={message} data-severity={severity}>
              <IconAlertTriangle size={16} aria-hidden />
              <span>
                <b>{formWords.contradiction[severity]}:</b> {message}
              </span>
            </p>
          ))}
        </div>
      )}
    </div>
  );
}

interface InputProps {
  declaration: ParameterDeclaration;
  value: string | boolean;
  fault: string | undefined;
  source: string | undefined;
  before: string | undefined;
  describedBy: string | undefined;
  isFirst: boolean;
  onChange: (value: string | boolean) => void;
}

function Input({ declaration: p, value, fault, source, before, describedBy, isFirst, onChange }: InputProps) {
  const badge = source === undefined ? before : formWords.from(source);
  const shared = {
    ...{ label: p.label, error: fault, name: p.name },
    description: (
      <>
        {badge !== undefined && (
          <span className={classes.source} title={badge}>
            {badge}
          </span>
        )}
        {p.help}
      </>
    ),
    ...(describedBy === undefined ? {} : { 'aria-details': describedBy }),
    ...(isFirst ? { 'data-autofocus': true } : {}),
  };
  const fallback = p.default === undefined ? undefined : formWords.byDefault(String(p.default));
  if (p.kind === 'boolean')
    return (
      <Switch {...shared} checked={value === true} onChange={(e) => onChange(e.currentTarget.checked)} />
    );
  if (p.kind === 'choice')
    return (
      <Select
        {...shared}
        inputWrapperOrder={['label', 'input', 'error', 'description']}
        data={(p.choices ?? []).map((choice) => ({
          value: String(choice),
          label: `${choice} ${p.unit}`.trim(),
        }))}
        value={value === '' ? null : String(value)}
        placeholder={fallback}
        clearable
        onChange={(chosen) => onChange(chosen ?? '')}
      />
    );
  return (
    <TextInput
      {...shared}
      inputWrapperOrder={['label', 'input', 'error', 'description']}
      withAsterisk={p.required ?? false}
      value={String(value)}
      placeholder={fallback}
      inputMode={p.kind === 'number' ? 'decimal' : p.kind === 'integer' ? 'numeric' : 'text'}
      autoComplete="off"
      spellCheck={false}
      rightSection={p.unit ? <span className={`muted ${classes.unit}`}>{p.unit}</span> : undefined}
      rightSectionWidth={p.unit ? 62 : undefined}
      rightSectionPointerEvents="none"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
