import { type InputWrapperProps, Select, Switch, TextInput } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useId } from 'react';
import type { ParameterDeclaration } from '../../../src/contract/parameters.ts';
import type { Contradiction } from '../../../src/contract/preview.ts';
import classes from './parameter-form.module.css';
import { formWords } from './words.ts';

/** Width of the unit in a field. */
const UNIT_WIDTH_PX = 62;
const WRAPPER_ORDER: NonNullable<InputWrapperProps['inputWrapperOrder']> = [
  'label',
  'input',
  'error',
  'description',
];
/** Keyboard layout on a phone. */
const INPUT_MODES = {
  number: 'decimal',
  integer: 'numeric',
  text: 'text',
  boolean: 'none',
  choice: 'none',
} as const;

/**
 * One field of the form, made from its declaration, with the source of its value, its error and its
 * contradictions.
 */
export function ParameterField(props: {
  declaration: ParameterDeclaration;
  value: string | boolean;
  error: string | undefined;
  source: string | undefined;
  /** Value of the last start, if it differs from the current value. */
  previousText: string | undefined;
  contradictions: readonly Contradiction[];
  /** Whether it has the focus when the form is opened. */
  hasInitialFocus: boolean;
  onChange: (value: string | boolean) => void;
}) {
  const { contradictions } = props;
  const notesId = useId();
  return (
    <div
      className={
        props.declaration.kind === 'text' || props.declaration.kind === 'boolean' ? classes.wide : undefined
      }
    >
      <Input {...props} describedBy={contradictions.length > 0 ? notesId : undefined} />
      {contradictions.length > 0 && (
        <div id={notesId} className={classes.contradictions}>
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
  error: string | undefined;
  source: string | undefined;
  previousText: string | undefined;
  describedBy: string | undefined;
  hasInitialFocus: boolean;
  onChange: (value: string | boolean) => void;
}

function Input(props: InputProps) {
  switch (props.declaration.kind) {
    case 'boolean':
      return (
        <Switch
          {...sharedProps(props)}
          checked={props.value === true}
          onChange={(event) => props.onChange(event.currentTarget.checked)}
        />
      );
    case 'choice':
      return <ChoiceInput {...props} />;
    default:
      return <TextualInput {...props} />;
  }
}

function ChoiceInput(props: InputProps) {
  const { declaration, value, onChange } = props;
  return (
    <Select
      {...sharedProps(props)}
      inputWrapperOrder={WRAPPER_ORDER}
      data={(declaration.choices ?? []).map((choice) => ({
        value: String(choice),
        label: `${choice} ${declaration.unit}`.trim(),
      }))}
      value={value === '' ? null : String(value)}
      placeholder={placeholderOf(declaration)}
      clearable
      onChange={(chosen) => onChange(chosen ?? '')}
    />
  );
}

function TextualInput(props: InputProps) {
  const { declaration, value, onChange } = props;
  const { unit, kind } = declaration;
  return (
    <TextInput
      {...sharedProps(props)}
      inputWrapperOrder={WRAPPER_ORDER}
      withAsterisk={declaration.required ?? false}
      value={String(value)}
      placeholder={placeholderOf(declaration)}
      inputMode={INPUT_MODES[kind]}
      autoComplete="off"
      spellCheck={false}
      rightSection={unit ? <span className={`muted ${classes.unit}`}>{unit}</span> : undefined}
      rightSectionWidth={unit ? UNIT_WIDTH_PX : undefined}
      rightSectionPointerEvents="none"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

const placeholderOf = ({ default: value }: ParameterDeclaration) =>
  value === undefined ? undefined : formWords.byDefault(String(value));

function sharedProps({ declaration, error, source, previousText, describedBy, hasInitialFocus }: InputProps) {
  const badge = source === undefined ? previousText : formWords.from(source);
  return {
    label: declaration.label,
    error,
    name: declaration.name,
    description: (
      <>
        {badge !== undefined && (
          <span className={classes.source} title={badge}>
            {badge}
          </span>
        )}
        {declaration.help}
      </>
    ),
    ...(describedBy === undefined ? {} : { 'aria-details': describedBy }),
    ...(hasInitialFocus ? { 'data-autofocus': true } : {}),
  };
}
