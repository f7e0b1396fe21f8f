// man.mjs - carrel(1) from what `carrel --help` says, so that the two cannot differ.
//
//     node packaging/man.mjs VERSION >carrel.1
import { execFileSync } from 'node:child_process';

const help = execFileSync('build/carrel', ['--help'], { encoding: 'utf8', env: { PATH: process.env.PATH } });
const day = new Date(Number(process.env.SOURCE_DATE_EPOCH ?? 0) * 1000).toISOString().slice(0, 10);

/** groff reads a backslash, and a dot or quote that begins a line, as its own; and a minus as a hyphen. */
const escaped = (text) => text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replace(/^(?=[.'])/gm, '\\&');

const sections = help.split(/\n\n/);
const rows = (title) => {
  const section = sections.find((text) => text.startsWith(title));
  if (!section) throw new Error(`carrel --help has no part that begins with "${title}"`);
  return section.split('\n').slice(1).map((line) => /^ {2}(--\S+)( \S+)? {2,}(.*)$/.exec(line) ?? /^ {2}(--\S+)( \S+)? (.*)$/.exec(line));
};
const listed = (title) => rows(title)
  .map(([, flag, value, meaning]) => `.TP\n.B ${escaped(flag)}${value ? ` \\fI${escaped(value.trim())}\\fR` : ''}\n${escaped(meaning)}`)
  .join('\n');

process.stdout.write(`.TH CARREL 1 "${day}" "carrel ${process.argv[2]}" "User commands"
.SH NAME
carrel \\- a whole small library in one file
.SH SYNOPSIS
.B carrel
[\\fISETTING\\fR ...] [\\fICOMMAND\\fR]
.SH DESCRIPTION
Serves a library of books, readers and loans to browsers on the local network. The library is one SQLite file; the
program is one static binary that contains the database, the web server and the pages. With no command it serves
\\fIlibrary.db\\fR of the present folder, making it if there is none, and prints where.
.PP
A command on a library that is being served goes to its server; on a resting one it takes the library itself.
.SH COMMANDS
${listed('Commands')}
.SH SETTINGS
Each is a flag, an environment variable (\\fBCARREL_\\fR and the name in capitals, or the file that \\fBCARREL_\\fINAME\\fB_FILE\\fR
names), a line of \\fI.env\\fR beside the library, or, unless it concerns the process itself, stored in the library by an
administrator. The first of these counts. \\fBcarrel \\-\\-config\\fR prints each with where it comes from.
${listed('Settings')}
.SH EXIT STATUS
0 done; 1 the work or the check failed, and one line on standard error says why; 2 wrong usage.
.SH FILES
.TP
.I library.db
the library, with \\fIlibrary.db\\-wal\\fR while it is served
.TP
.I backups/
beside it: verified backups
.TP
.I /var/lib/carrel
both, where the package's service runs
.SH SEE ALSO
/usr/share/doc/carrel/operations.md
`);
