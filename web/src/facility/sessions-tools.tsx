import { CloseButton, SegmentedControl, Select, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { SessionSummary } from '../../../src/contract/api.ts';
import { SESSION_FILTERS, type SessionsSearch } from '../routes.ts';
import { namesOf } from './session-list.ts';
import classes from './sessions-view.module.css';
import { facilityWords } from './words.ts';

interface SessionsToolsProps {
  readonly sessions: readonly SessionSummary[];
  readonly search: SessionsSearch;
  readonly onSearch: (next: SessionsSearch) => void;
}

/** Filters of the list of sessions: state, project, user and search words. */
export function SessionsTools(props: SessionsToolsProps) {
  const { search, onSearch } = props;
  const { q = '', show = 'all' } = search;
  return (
    <>
      <SegmentedControl
        className={classes.filter}
        aria-label={facilityWords.filter}
        size="sm"
        value={show}
        onChange={(value) => onSearch({ show: value === 'all' ? undefined : value })}
        data={SESSION_FILTERS.map((value) => ({ value, label: facilityWords[value] }))}
      />
      <NameSelect {...props} field="project" placeholder={facilityWords.anyProject} />
      <NameSelect {...props} field="user" placeholder={facilityWords.anyUser} />
      <TextInput
        className={classes.search}
        aria-label={facilityWords.search}
        placeholder={facilityWords.searchHint}
        leftSection={<IconSearch size={16} />}
        rightSection={
          q && (
            <CloseButton
              size="sm"
              aria-label={facilityWords.clear}
              onClick={() => onSearch({ q: undefined })}
            />
          )
        }
        value={q}
        onChange={(event) => onSearch({ q: event.currentTarget.value || undefined })}
      />
    </>
  );
}

/** Choice of a project or user; hidden if there is nothing to choose from. */
function NameSelect(props: SessionsToolsProps & { field: 'project' | 'user'; placeholder: string }) {
  const { field, sessions, search, onSearch } = props;
  const names = namesOf(sessions, field);
  const chosen = search[field];
  if (names.length < 2 && chosen === undefined) return null;
  return (
    <Select
      className={classes.narrow}
      aria-label={facilityWords[field]}
      placeholder={props.placeholder}
      data={names}
      value={chosen ?? null}
      onChange={(value) => onSearch({ [field]: value ?? undefined })}
      searchable
      clearable
    />
  );
}
