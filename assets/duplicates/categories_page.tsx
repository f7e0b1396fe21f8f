import { NamesList } from './names_list';

export default function CategoriesPage() {
  return <NamesList kind="categories" />;
}
