// A list of things to do, in a sheet.
import { Icon, type IconName } from './icons';

interface Props { icon: IconName; text: string; danger?: boolean; onClick: () => void }

export function MenuItem({ icon, text, danger, onClick }: Props) {
  return (
    <li>
      <button class={`menu__item ${danger ? 'menu__item--danger' : ''}`} type="button" onClick={onClick}>
        <Icon name={icon} />{text}
      </button>
    </li>
  );
}
