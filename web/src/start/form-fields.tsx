import { Text } from '@mantine/core';
import { PARAMETER_TABLE } from '../../../src/contract/parameters.ts';
import type { Contradiction } from '../../../src/contract/preview.ts';
import { FORM_GROUPS, groupWords } from '../data/parameter-groups.ts';
import type { FormValues } from './form-values.ts';
import { ParameterField } from './parameter-field.tsx';
import classes from './parameter-form.module.css';
import type { FormKind, ParameterFormState } from './use-parameter-form.ts';
import { formWords } from './words.ts';

/** One field per parameter, in the groups of the table. */
export function FormFields(props: {
  state: ParameterFormState;
  kind: FormKind;
  contradictions: readonly Contradiction[];
  /** False on a phone, whose keyboard would cover the form. */
  shouldFocusFirst: boolean;
}) {
  const { state, kind, contradictions } = props;
  const { values, initialForm, errors } = state;
  const previousText = (name: string) =>
    kind === 'resume' && values[name] !== initialForm.values[name]
      ? formWords.before(String(initialForm.values[name] || formWords.unset))
      : undefined;
  return FORM_GROUPS.map((group) => (
    <fieldset key={group} className={classes.group}>
      <legend>{groupWords[group]}</legend>
      <div className={classes.fields}>
        {PARAMETER_TABLE.filter((p) => p.group === group).map((p) => (
          <ParameterField
            key={p.name}
            declaration={p}
            value={values[p.name] ?? ''}
            error={errors[p.name]}
            source={values[p.name] === initialForm.values[p.name] ? initialForm.sources[p.name] : undefined}
            previousText={previousText(p.name)}
            contradictions={contradictions.filter(({ fields }) => fields[0] === p.name)}
            hasInitialFocus={p === PARAMETER_TABLE[0] && props.shouldFocusFirst}
            onChange={(value) => state.set(p.name, value)}
          />
        ))}
      </div>
      {group === 'microscope' && <DoseNote values={values} />}
    </fieldset>
  ));
}

/** A note if both doses are given, or if neither is. */
function DoseNote({ values }: { values: FormValues }) {
  const doses = ['fmdose', 'dose'].filter((name) => String(values[name] ?? '').trim() !== '').length;
  if (doses === 1) return null;
  return (
    <Text size="sm" mt="xs" className={classes.note}>
      {doses === 0 ? formWords.noDose : formWords.bothDoses}
    </Text>
  );
}
