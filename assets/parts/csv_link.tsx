import { type Params, query } from '../core/api';
import { t } from '../core/messages';
import { Icon } from './icon';

/** The list as it is shown, all its pages, for a spreadsheet. */
export function CsvLink({ path, params, name }: { path: string; params: Params; name: string }) {
  return <a class="btn" href={`/api/v1${path}/export/csv${query(params)}`} download={`${name}.csv`}><Icon name="download" />{t('list.csv')}</a>;
}
