/*
 * import_fields.c — the tables of headers that people and programs write, best first. Where several columns of a file
 * could be the same thing, the one whose header stands first here is taken.
 */
#include "catalogue_io/import_fields.h"

#include <stddef.h>

#define TITLE_HEADERS \
    "title|book title|title proper|main title|titel|hauptsachtitel|buchtitel|titre|titulo|titolo|tytul"
#define AUTHOR_HEADERS                                                                        \
    "author|author name|primary author|main author|autor|verfasser|auteur|autore|creator|by|" \
    "author last first"
#define AUTHORS_HEADERS "authors|author s|autoren|auteurs|autores|autori|creators"
#define ISBN_HEADERS "isbn|isbn 10|isbn10|isbn issn|isbn nummer|isbns"
#define ISBN13_HEADERS "isbn13|isbn 13|ean|ean13"
#define YEAR_HEADERS                                                                                        \
    "year|publication year|year published|year of publication|published year|pub year|copyright year|"      \
    "publication date|date published|published|date|jahr|erscheinungsjahr|annee|annee de publication|"      \
    "date de publication|ano|ano de publicacion|ano de publicacao|anno|anno di pubblicazione|jaar|pubdate|" \
    "copyrightdate|original publication year"
#define BARCODE_HEADERS                                                                              \
    "barcode|bar code|item barcode|copy barcode|strichcode|code barres|code barre|codigo de barras|" \
    "codice a barre|streepjescode|barcode nbr|barcode no|barcode number|mediennummer|exemplarnummer"
#define CARD_HEADERS                                                                                      \
    "card|card number|cardnumber|card no|member card|library card|patron barcode|borrower card|ausweis|"  \
    "ausweisnummer|leserausweis|lesernummer|carte|numero de carte|numero carte|tarjeta|numero de carnet|" \
    "carnet|tessera|numero tessera|cartao|numero do cartao|pas|pasnummer|lidnummer|member barcode|"       \
    "member number|membership number|borrowernumber"
#define EMAIL_HEADERS                                                                                          \
    "email|e mail|email address|e mail address|mail|e mail adresse|mailadresse|courriel|adresse e mail|"       \
    "adresse mail|correo|correo electronico|posta elettronica|indirizzo e mail|correio eletronico|emailadres|" \
    "e mailadres|member email"
#define NOTE_HEADERS                                                                                       \
    "note|notes|comment|comments|remark|remarks|notiz|bemerkung|bemerkungen|anmerkung|remarque|remarques|" \
    "nota|notas|observaciones|commento|observacoes|opmerking|opmerkingen|borrowernotes|itemnotes nonpublic"
#define STATUS_HEADERS "status|state|zustand|statut|etat|estado|stato"

/* clang-format off */
const struct import_field import_title_fields[] = {
    [COLUMN_OF_TITLE] = {"title", "Title proper", TITLE_HEADERS "|name|original title"},
    [COLUMN_OF_SUBTITLE] = {"subtitle", "Rest of the title",
        "subtitle|sub title|remainder of title|untertitel|sous titre|subtitulo|sottotitolo|ondertitel"},
    [COLUMN_OF_AUTHOR] = {"author", "Author; several are parted by semicolons", AUTHOR_HEADERS},
    [COLUMN_OF_AUTHORS] = {"author", "Authors, perhaps parted by commas", AUTHORS_HEADERS, .gives_way = true},
    [COLUMN_OF_ISBN] = {"isbn", "ISBN, or a number of the library's own", ISBN_HEADERS},
    [COLUMN_OF_ISBN13] = {"isbn", "ISBN of thirteen digits", ISBN13_HEADERS},
    [COLUMN_OF_PUBLISHER] = {"publisher", "Publisher",
        "publisher|publisher name|verlag|editeur|editorial|editora|editore|uitgever|uitgeverij|publishercode"},
    [COLUMN_OF_EDITION] = {"edition", "Edition",
        "edition|edition statement|auflage|ausgabe|edicion|edizione|edicao|druk"},
    [COLUMN_OF_YEAR] = {"year", "Year of publication", YEAR_HEADERS},
    [COLUMN_OF_LANGUAGE] = {"language", "Language",
        "language|language code|lang|languages|sprache|langue|idioma|lingua|taal"},
    [COLUMN_OF_DESCRIPTION] = {"description", "What it is about",
        "description|summary|abstract|beschreibung|zusammenfassung|resume|descripcion|resumen|descrizione|descricao|"
        "beschrijving"},
    [COLUMN_OF_ITEM_TYPE] = {"item_type", "Code of an item type", "item type|material type"},
    [COLUMN_OF_CATEGORIES] = {"categories", "Genres and subjects",
        "categories|category|genres|genre|subjects|subject|kategorien|kategorie|sachgebiet|schlagworter|sujets|generos|"
        "genero|categorias|categoria|materias|genere|tags"},
    /* Not "books_count": that is how many editions the world has. */
    [COLUMN_OF_COPIES] = {"total_copies", "How many copies there are",
        "total copies|copies|number of copies|copies owned|owned copies|quantity|qty|exemplare|anzahl|anzahl exemplare|"
        "exemplaires|nombre d exemplaires|ejemplares|exemplares|copie|exemplaren"},
    [COLUMN_OF_COPIES_APART] = {"copies_apart", "The copies stand in a file of their own: none are made with the titles",
        "copies apart"},
    [COLUMN_OF_BARCODE] = {"barcode", "Barcode of the first copy", BARCODE_HEADERS},
    [IMPORT_COLUMN_COUNT] = {0},
};

const struct import_field import_copy_fields[] = {
    [COPY_COLUMN_BARCODE] = {"barcode", "What the scanner reads", BARCODE_HEADERS},
    [COPY_COLUMN_BOOK_ID] = {"book_id", "Id of its title in this library", "book id|title id|carrel id"},
    [COPY_COLUMN_ISBN] = {"isbn", "ISBN, or own number, of its title", ISBN_HEADERS "|book isbn"},
    [COPY_COLUMN_ISBN13] = {"isbn", "ISBN of thirteen digits of its title", ISBN13_HEADERS},
    [COPY_COLUMN_TITLE] = {"title", "Its title", TITLE_HEADERS "|book"},
    [COPY_COLUMN_AUTHOR] = {"author", "Author of its title", AUTHOR_HEADERS "|book author"},
    [COPY_COLUMN_AUTHORS] = {"author", "Authors of its title, perhaps parted by commas", AUTHORS_HEADERS,
        .gives_way = true},
    [COPY_COLUMN_YEAR] = {"year", "Year of its title: tells titles of the same name apart", YEAR_HEADERS "|book year"},
    [COPY_COLUMN_SHELF] = {"shelf", "Where it stands",
        "shelf|shelfmark|shelf mark|call number|callnumber|itemcallnumber|location|regal|standort|signatur|cote|rayon|"
        "emplacement|estante|estanteria|signatura|ubicacion|scaffale|collocazione|segnatura|prateleira|cota|"
        "localizacao|plank|plaats|signatuur|permanent location"},
    [COPY_COLUMN_STATUS] = {"status", "available, in repair, lost, withdrawn", STATUS_HEADERS "|item status|copy status"},
    [COPY_COLUMN_ACQUIRED_ON] = {"acquired_on", "Day on which it came to the library",
        "acquired on|acquired|date acquired|dateaccessioned|acquisition date|purchase date|date purchased|zugang|"
        "zugangsdatum|erworben am|anschaffungsdatum|date d acquisition|date d achat|fecha de adquisicion|"
        "data di acquisto|data acquisizione|data de aquisicao|aanschafdatum|date added|create dt"},
    [COPY_COLUMN_PRICE] = {"price", "What it cost, or costs to replace",
        "price|cost|replacement cost|replacementprice|preis|anschaffungspreis|prix|precio|prezzo|preco|prijs"},
    [COPY_COLUMN_NOTE] = {"note", "For the staff", NOTE_HEADERS "|copy desc"},
    [COPY_COLUMN_COUNT] = {0},
};

const struct import_field import_member_fields[] = {
    [MEMBER_COLUMN_CARD] = {"card", "Barcode of the card; made when there is none", CARD_HEADERS "|barcode|barcode nbr"},
    [MEMBER_COLUMN_NAME] = {"name", "Full name",
        "name|full name|member name|member|patron|reader|borrower|leser|lesername|nom complet|nombre completo|"
        "nombre y apellidos|nome completo|volledige naam|naam|nome"},
    [MEMBER_COLUMN_FIRST_NAME] = {"first_name", "Given names",
        "first name|firstname|given name|given names|forename|vorname|vornamen|prenom|prenoms|nombre|nombres|"
        "primo nome|primeiro nome|voornaam|roepnaam"},
    [MEMBER_COLUMN_LAST_NAME] = {"last_name", "Surname",
        "last name|lastname|surname|family name|nachname|familienname|zuname|nom|nom de famille|apellido|apellidos|"
        "cognome|sobrenome|apelido|achternaam"},
    [MEMBER_COLUMN_EMAIL] = {"email", "E-mail address", EMAIL_HEADERS},
    [MEMBER_COLUMN_PHONE] = {"phone", "Phone number",
        "phone|phone number|telephone|mobile|mobile phone|cell|cell phone|telefon|telefonnummer|handy|mobil|tel|"
        "telephone portable|portable|telefono|movil|cellulare|telefone|telemovel|celular|telefoon|telefoonnummer|"
        "mobiel|home phone|work phone"},
    [MEMBER_COLUMN_TYPE] = {"member_type", "Code or name of a member type",
        "member type|type|patron type|patron category|membership type|categorycode|category|borrower type|lesergruppe|"
        "benutzergruppe|mitgliedsart|type de membre|categorie|tipo|tipo de socio|categoria|tipo di utente|"
        "tipo de leitor|soort lid|lidsoort"},
    [MEMBER_COLUMN_GROUP] = {"group", "Class, family, club",
        "group|class|form|grade|school grade|homeroom|school teacher|klasse|gruppe|classe|groupe|clase|curso|grupo|gruppo|turma|"
        "klas|groep"},
    [MEMBER_COLUMN_BIRTH_DATE] = {"birth_date", "Day of birth",
        "birth date|birthdate|date of birth|dateofbirth|dob|birthday|geburtsdatum|geburtstag|geboren|date de naissance|"
        "naissance|fecha de nacimiento|nacimiento|data di nascita|data de nascimento|geboortedatum"},
    [MEMBER_COLUMN_EXPIRES_ON] = {"expires_on", "Last day of the membership",
        "expires on|expires|expiry|expiry date|expiration|expiration date|dateexpiry|membership end|valid until|"
        "gultig bis|ablaufdatum|ende der mitgliedschaft|expire le|date d expiration|fin d abonnement|caduca|"
        "fecha de caducidad|fecha de vencimiento|vence|scade|scadenza|data di scadenza|validade|valido ate|"
        "data de validade|geldig tot|vervaldatum|membership end dt"},
    [MEMBER_COLUMN_STATUS] = {"status", "active, expired, suspended", STATUS_HEADERS},
    [MEMBER_COLUMN_STATUS_REASON] = {"status_reason", "Why, for people", "status reason|sperrgrund|debarredcomment"},
    [MEMBER_COLUMN_SUSPENDED_UNTIL] = {"suspended_until", "Last day of the suspension",
        "suspended until|gesperrt bis|debarred"},
    [MEMBER_COLUMN_NOTE] = {"note", "For the desk", NOTE_HEADERS},
    [MEMBER_COLUMN_COUNT] = {0},
};

const struct import_field import_loan_fields[] = {
    [LOAN_COLUMN_CARD] = {"card", "Card of the reader", CARD_HEADERS "|member card"},
    [LOAN_COLUMN_EMAIL] = {"email", "E-mail address of the reader", EMAIL_HEADERS},
    [LOAN_COLUMN_MEMBER] = {"member", "Name of the reader",
        "member|member name|patron|patron name|reader|borrower|borrower name|name|leser|lesername|entleiher|"
        "emprunteur|lecteur|lector|prestatario|lettore|utente|leitor|lener"},
    [LOAN_COLUMN_BARCODE] = {"barcode", "Barcode of the copy", BARCODE_HEADERS "|copy"},
    [LOAN_COLUMN_ISBN] = {"isbn", "ISBN of the title, where there is no barcode", ISBN_HEADERS "|isbn13|isbn 13|book isbn"},
    [LOAN_COLUMN_BORROWED_ON] = {"borrowed_on", "When it was lent",
        "borrowed on|borrowed at|borrowed|borrow date|issuedate|issue date|issued|checkout date|checked out|check out date|"
        "date borrowed|loan date|loaned|out date|ausgeliehen am|ausgeliehen|ausleihdatum|leihdatum|entliehen am|"
        "emprunte le|date d emprunt|date de pret|prestado el|fecha de prestamo|prestato il|data prestito|"
        "data di prestito|emprestado em|data de emprestimo|uitgeleend op|uitleendatum|status begin dt"},
    [LOAN_COLUMN_DUE_ON] = {"due_on", "Last day of the loan",
        "due on|due date|due|date due|due at|due back|date due back|fallig am|fallig|frist|leihfrist|ruckgabe bis|"
        "ruckgabedatum|a rendre le|date de retour|date de retour prevue|vence|fecha de vencimiento|"
        "fecha de devolucion|scadenza|data di scadenza|da restituire il|devolver ate|data de devolucao|"
        "inleverdatum|terug op|due back dt"},
    [LOAN_COLUMN_RENEWALS] = {"renewals", "How often it was renewed",
        "renewals|renewal count|renewals count|renewed|verlangerungen|verlangert|prolongations|renovaciones|rinnovi|"
        "renovacoes|verlengingen"},
    [LOAN_COLUMN_COUNT] = {0},
};
/* clang-format on */
