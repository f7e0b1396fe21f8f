/*
 * alert_words.c — the sentences of health_service.c once more, for those who read them far from any page.
 */
#include "alerts/alert_words.h"

#include <string.h>

#include "base/json_write.h"
#include "base/text.h"

struct pair {
    const char *english, *german;
};

/* clang-format off */
static const struct pair subjects[] = {
    {"database", "Die Datei der Bibliothek"}, {"disk", "Platz auf der Platte"}, {"backups", "Sicherungen"},
    {"journal", "Journal der Änderungen"}, {"writer", "Schreiben"}, {"clock", "Uhr und Zeitzone"},
    {"certificate", "Zertifikat"}, {"card", "Karte oder Platte"}, {"mail", "Nachrichten an Leser"},
    {"webhooks", "Webhooks"}, {"versions", "Programme"},
};

static const struct pair names[] = {
    {"database", "The library's file"}, {"disk", "Room on the disk"}, {"backups", "Backups"},
    {"journal", "Journal of changes"}, {"writer", "Writing"}, {"clock", "Clock and time zone"},
    {"certificate", "Certificate"}, {"card", "Card or disk"}, {"mail", "Messages to readers"},
    {"webhooks", "Webhooks"}, {"versions", "Programs"},
};

static const struct pair sentences[] = {
    {"The library's file is in order.", "Die Datei der Bibliothek ist in Ordnung."},
    {"More than half of the library's file is empty. Compact it when the library is closed.",
     "Mehr als die Hälfte der Datei der Bibliothek ist leer. Wenn die Bibliothek geschlossen ist, neu schreiben."},
    {"Changes pile up beside the library's file: something that reads does not come to an end.",
     "Neben der Datei der Bibliothek sammeln sich Änderungen: Etwas, das liest, kommt zu keinem Ende."},
    {"Damage was met in the library's file. Make a backup of what there is, then have it checked: carrel --check.",
     "Die Datei der Bibliothek ist beschädigt. Von dem, was da ist, eine Sicherung machen und sie prüfen lassen: carrel --check."},
    {"There is room on the disk.", "Auf der Platte ist Platz."},
    {"Room on a disk is getting short. Move something away.", "Der Platz auf einer Platte wird knapp. Etwas anderes wegräumen."},
    {"A disk is nearly full: soon nothing can be lent. Make room now.",
     "Eine Platte ist fast voll: Bald kann nichts mehr ausgeliehen werden. Jetzt Platz schaffen."},
    {"There is a good backup.", "Es gibt eine gute Sicherung."},
    {"The second folder for backups is not there. Plug its stick in.",
     "Der zweite Ordner für Sicherungen ist nicht da. Den Stick einstecken."},
    {"The folder for backups is not there. Plug its disk in, or choose another.",
     "Der Ordner für Sicherungen ist nicht da. Seine Platte anschließen oder einen anderen wählen."},
    {"The last good backup is too old. Make one.", "Die letzte gute Sicherung ist zu alt. Eine machen."},
    {"There is no backup of this library. Make one.", "Von dieser Bibliothek gibt es keine Sicherung. Eine machen."},
    {"No journal of changes is kept.", "Es wird kein Journal der Änderungen geführt."},
    {"Every change is in the second folder as well.", "Jede Änderung ist auch im zweiten Ordner."},
    {"The journal of changes waits for the second folder.", "Das Journal der Änderungen wartet auf den zweiten Ordner."},
    {"The journal of changes has a gap. The next backup begins it anew.",
     "Das Journal der Änderungen hat eine Lücke. Mit der nächsten Sicherung beginnt es neu."},
    {"The journal of changes is behind: its disk is slow.", "Das Journal der Änderungen ist im Rückstand: Seine Platte ist langsam."},
    {"What is written is on the disk at once.", "Was geschrieben wird, ist sofort auf der Platte."},
    {"Writing takes long. The card or disk may be failing, or something else keeps it busy.",
     "Das Schreiben dauert lange. Vielleicht geht die Karte oder Platte kaputt, oder etwas anderes beschäftigt sie."},
    {"More is to be written than the disk takes.", "Es soll mehr geschrieben werden, als die Platte schafft."},
    {"The disk did not keep what was written. Nothing is lost yet: look after the disk, then restart Carrel.",
     "Die Platte hat nicht behalten, was geschrieben wurde. Noch ist nichts verloren: nach der Platte sehen, dann Carrel neu starten."},
    {"The clock and the time zone are in order.", "Uhr und Zeitzone sind in Ordnung."},
    {"This machine does not know the library's time zone: days follow UTC. Install tzdata.",
     "Dieser Rechner kennt die Zeitzone der Bibliothek nicht: Tage folgen UTC. tzdata installieren."},
    {"The machine's clock is behind the library's last record. Set it.",
     "Die Uhr des Rechners geht nach: Der letzte Eintrag der Bibliothek ist später. Die Uhr stellen."},
    {"There is none, and none is needed here.", "Es gibt keines, und hier wird keines gebraucht."},
    {"The certificate is good.", "Das Zertifikat ist gut."},
    {"The certificate runs out soon. Renew it.", "Das Zertifikat läuft bald ab. Es erneuern."},
    {"The certificate has run out: browsers refuse to come here. Renew it.",
     "Das Zertifikat ist abgelaufen: Browser kommen nicht mehr hierher. Es erneuern."},
    {"The card or disk keeps up.", "Die Karte oder Platte kommt nach."},
    {"The card or disk has become slow: it may be about to fail. Make a backup, and replace it.",
     "Die Karte oder Platte ist langsam geworden: Vielleicht geht sie bald kaputt. Eine Sicherung machen und sie ersetzen."},
    {"No message waits too long.", "Keine Nachricht wartet zu lange."},
    {"Some messages to readers cannot be sent. Look at the list of messages.",
     "Manche Nachrichten an Leser lassen sich nicht verschicken. In der Liste der Nachrichten nachsehen."},
    {"No message reaches a reader any more. Look at the settings of e-mail.",
     "Keine Nachricht erreicht mehr einen Leser. In den Einstellungen für E-Mails nachsehen."},
    {"Other programs hear what happens.", "Andere Programme erfahren, was geschieht."},
    {"Another program did not take what it was told. Look at the webhooks.",
     "Ein anderes Programm hat nicht angenommen, was ihm gesagt wurde. Bei den Webhooks nachsehen."},
};
/* clang-format on */

static const char *look_up(const struct pair *pairs, size_t count, const char *english)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(pairs[i].english, english) == 0)
            return pairs[i].german;
    return english;
}

#define LOOK_UP(pairs, english) look_up(pairs, sizeof pairs / sizeof pairs[0], english)

const char *alert_german(const char *sentence)
{
    return LOOK_UP(sentences, sentence);
}

/* "Today", "One of these days" …: how urgent it is, or what has become of it. */
static const char *heading(const struct alert_change *change, bool in_german)
{
    bool is_bad = change->alert.state == HEALTH_BAD;

    switch (change->kind) {
    case ALERT_OVER: return in_german ? "Wieder gut" : "Well again";
    case ALERT_STAYS:
        if (change->alert.told_at)
            return in_german ? "Noch immer" : "Still";
        break;
    case ALERT_WORSE: return in_german ? "Schlimmer geworden" : "Worse";
    case ALERT_BEGAN:
    case ALERT_DIFFERENT: break;
    }
    if (in_german)
        return is_bad ? "Heute ansehen" : "Demnächst ansehen";
    return is_bad ? "To be looked at today" : "To be looked at one of these days";
}

static void write_line(struct text_buf *out, const struct alert_change *change, bool in_german)
{
    const struct alert *alert = &change->alert;
    const char *name = in_german ? LOOK_UP(subjects, alert->subject) : LOOK_UP(names, alert->subject);

    text_buf_printf(out, "%s: %s\n", heading(change, in_german), name);
    if (change->kind != ALERT_OVER)
        text_buf_printf(out, "%s\n", in_german ? alert_german(alert->text) : alert->text);
    text_buf_append(out, "\n");
}

void alert_letter_write(struct arena *arena, const char *library, const char *language,
                        const struct alert_change *changes, struct alert_letter *out_letter)
{
    bool in_german = text_starts_with(language, "de");
    bool all_over = true;
    struct text_buf out;

    text_buf_init(&out, arena);
    for (const struct alert_change *change = changes; change; change = change->next) {
        if (change->kind == ALERT_DIFFERENT)
            continue;
        all_over = all_over && change->kind == ALERT_OVER;
        write_line(&out, change, in_german);
    }
    const char *what = in_german  ? all_over ? "wieder in Ordnung" : "etwas ist nicht in Ordnung"
                       : all_over ? "well again"
                                  : "something is not well";
    text_buf_append(&out, in_german ? "Mehr dazu in Carrel unter Einstellungen, Zustand.\n"
                                    : "More of it in Carrel, under Settings, Health.\n");
    out_letter->subject = arena_printf(arena, "%s: %s", library, what);
    out_letter->text = text_buf_string(&out);
}

void alert_letter_write_test(struct arena *arena, const char *library, const char *language,
                             struct alert_letter *out_letter)
{
    bool in_german = text_starts_with(language, "de");

    out_letter->subject = arena_printf(arena, in_german ? "%s: Probe" : "%s: a test", library);
    out_letter->text = in_german ? "Hierher wird geschrieben, wenn etwas nicht in Ordnung ist.\n"
                                 : "When something is not well, it is told here.\n";
}

const char *alert_chat_body(struct arena *arena, const struct alert_letter *letter)
{
    struct json_writer json;
    struct text_buf out;

    text_buf_init(&out, arena);
    json_writer_init(&json, &out);
    json_object_begin(&json);
    json_member_text(&json, "text", arena_printf(arena, "%s\n\n%s", letter->subject, letter->text));
    json_object_end(&json);
    return text_buf_string(&out);
}
