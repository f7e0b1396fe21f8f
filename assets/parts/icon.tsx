/* Lucide's shapes (ISC). Only the ones named here are in the binary. */
import {
  Archive, ArchiveRestore, ArrowDown, ArrowDownLeft, ArrowLeftRight, ArrowUp, ArrowUpRight, Ban, ChevronLeft, ChevronRight, CircleDot,
  CircleCheck, CircleUser, CircleX, ClockAlert, Coins, CreditCard, Printer, Download, Ellipsis, FileUp, Image, KeyRound, Languages, LayoutDashboard, Library, ListChecks, Lock, LogIn, LogOut, Merge, Pencil, Plus, RefreshCw, ScanBarcode, Search, Settings, SunMoon,
  TriangleAlert, Undo2, Users, Volume1, Volume2, VolumeX, WifiOff, Wrench, BookmarkCheck, X, Tags, Star, List, ChartColumn, Mail, Bell,
} from 'lucide';
import { h } from 'preact';

const shapes = {
  'archive': Archive,
  'archive-restore': ArchiveRestore,
  'arrow-down': ArrowDown,
  'arrow-down-left': ArrowDownLeft,
  'arrow-left-right': ArrowLeftRight,
  'arrow-up': ArrowUp,
  'arrow-up-right': ArrowUpRight,
  'ban': Ban,
  'bell': Bell,
  'bookmark-check': BookmarkCheck,
  'chart-column': ChartColumn,
  'chevron-left': ChevronLeft,
  'chevron-right': ChevronRight,
  'circle-check': CircleCheck,
  'circle-dot': CircleDot,
  'circle-user': CircleUser,
  'circle-x': CircleX,
  'clock-alert': ClockAlert,
  'coins': Coins,
  'credit-card': CreditCard,
  'download': Download,
  'ellipsis': Ellipsis,
  'file-up': FileUp,
  'image': Image,
  'key': KeyRound,
  'languages': Languages,
  'layout-dashboard': LayoutDashboard,
  'library': Library,
  'list': List,
  'list-checks': ListChecks,
  'lock': Lock,
  'log-in': LogIn,
  'log-out': LogOut,
  'mail': Mail,
  'merge': Merge,
  'pencil': Pencil,
  'plus': Plus,
  'printer': Printer,
  'refresh-cw': RefreshCw,
  'scan-barcode': ScanBarcode,
  'search': Search,
  'settings': Settings,
  'star': Star,
  'sun-moon': SunMoon,
  'tags': Tags,
  'triangle-alert': TriangleAlert,
  'undo-2': Undo2,
  'users': Users,
  'volume-1': Volume1,
  'volume-2': Volume2,
  'volume-x': VolumeX,
  'wifi-off': WifiOff,
  'wrench': Wrench,
  'x': X,
};

export type IconName = keyof typeof shapes;

/** Icons that point somewhere turn round in a right-to-left page. */
const POINTS: IconName[] = ['chevron-left', 'chevron-right', 'arrow-up-right', 'arrow-down-left', 'log-in', 'log-out'];

/** Always beside a word, or inside something with an aria-label; so it is never read out itself. */
export function Icon({ name, tone = '' }: { name: IconName; tone?: '' | 'ok' | 'no' }) {
  const flip = POINTS.includes(name) ? ' icon-flip' : '';
  return (
    <svg class={`icon${flip}${tone ? ` ${tone}` : ''}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {shapes[name].map(([tag, attributes]) => h(tag, attributes as Record<string, string>))}
    </svg>
  );
}
