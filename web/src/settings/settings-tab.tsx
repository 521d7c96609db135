import { IconAdjustments } from '@tabler/icons-react';
import type { SessionDetail } from '../../../src/contract/api.ts';
import { PARAMETER_TABLE } from '../../../src/contract/parameters.ts';
import { FORM_GROUPS, groupWords } from '../data/parameter-groups.ts';
import { EmptyState } from '../ui/empty-state.tsx';
import classes from './settings.module.css';
import { settingsWords } from './words.ts';

/** Parameters of the last start; defaults are marked as such. */
export function SettingsTab({ session }: { session: SessionDetail }) {
  const { parameters } = session;
  if (parameters === null)
    return (
      <div className="card">
        <EmptyState
          icon={<IconAdjustments size={28} stroke={1.5} />}
          title={settingsWords.none}
          hint={settingsWords.noneHint}
        />
      </div>
    );
  const valueText = (value: unknown) =>
    value === true ? settingsWords.yes : value === false ? settingsWords.no : String(value);
  return (
    <div className={classes.groups}>
      {FORM_GROUPS.map((group) => (
        <section key={group} className={`card ${classes.group}`}>
          <h2>{groupWords[group]}</h2>
          <dl>
            {PARAMETER_TABLE.filter((p) => p.group === group).map((p) => {
              const value = parameters[p.name];
              return (
                <div key={p.name}>
                  <dt title={p.help}>{p.label}</dt>
                  {value !== undefined ? (
                    <dd>
                      {valueText(value)} <span className="muted">{p.unit}</span>
                    </dd>
                  ) : (
                    <dd className="muted">
                      {p.default === undefined
                        ? settingsWords.unset
                        : `${valueText(p.default)} ${p.unit} (${settingsWords.byDefault})`}
                    </dd>
                  )}
                </div>
              );
            })}
          </dl>
        </section>
      ))}
    </div>
  );
}
