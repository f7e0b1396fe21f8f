import { NamesList } from './names_list';

export default function AuthorsPage() {
  return <NamesList kind="authors" />;
}
