"""What the page behind a school's link says, in the four languages of notices. The product itself speaks two."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("de", "fr", "it", "en")
_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "title": (
        "Vertrauliche Mitteilung",
        "Message confidentiel",
        "Messaggio confidenziale",
        "Confidential message",
    ),
    "lead": (
        "Für Ihre Schule liegt eine vertrauliche Mitteilung bereit. Geben Sie den Code ein, den wir Ihnen auf anderem "
        "Weg mitgeteilt haben.",
        "Un message confidentiel attend votre école. Saisissez le code que nous vous avons communiqué par une autre "
        "voie.",
        "Un messaggio confidenziale attende la vostra scuola. Inserite il codice che vi abbiamo comunicato per altra "
        "via.",
        "A confidential message is waiting for your school. Enter the code that we told you by another way.",
    ),
    "once": (
        "Der Link öffnet sich nur einmal. Danach können Sie die Mitteilung eine Stunde lang lesen und herunterladen.",
        "Le lien ne s'ouvre qu'une seule fois. Vous pouvez ensuite lire et télécharger le message pendant une heure.",
        "Il link si apre una sola volta. In seguito potete leggere e scaricare il messaggio per un'ora.",
        "The link opens only once. You can then read and download the message for an hour.",
    ),
    "code": ("Code", "Code", "Codice", "Code"),
    "open": ("Öffnen", "Ouvrir", "Aprire", "Open"),
    "wrong_code": (
        "Dieser Code stimmt nicht. Nach fünf falschen Codes ist die Mitteilung gesperrt.",
        "Ce code n'est pas correct. Après cinq codes erronés, le message est bloqué.",
        "Questo codice non è corretto. Dopo cinque codici errati il messaggio viene bloccato.",
        "This code is not right. After five wrong codes the message is locked.",
    ),
    "used": (
        "Dieser Link wurde bereits geöffnet.",
        "Ce lien a déjà été ouvert.",
        "Questo link è già stato aperto.",
        "This link has been opened already.",
    ),
    "expired": (
        "Dieser Link ist abgelaufen.",
        "Ce lien a expiré.",
        "Questo link è scaduto.",
        "This link has expired.",
    ),
    "locked": (
        "Diese Mitteilung ist nach mehreren falschen Codes gesperrt. Bitte rufen Sie uns an.",
        "Ce message est bloqué après plusieurs codes erronés. Veuillez nous appeler.",
        "Questo messaggio è bloccato dopo diversi codici errati. Vi preghiamo di chiamarci.",
        "This message is locked after several wrong codes. Please call us.",
    ),
    "new_link": (
        "Neuen Link an die Adresse der Schule senden",
        "Envoyer un nouveau lien à l'adresse de l'école",
        "Inviare un nuovo link all'indirizzo della scuola",
        "Send a new link to the school's address",
    ),
    "link_sent": (
        "Ein neuer Link ist unterwegs. Der Code bleibt derselbe.",
        "Un nouveau lien est en route. Le code reste le même.",
        "Un nuovo link è in arrivo. Il codice rimane lo stesso.",
        "A new link is on its way. The code stays the same.",
    ),
    "too_soon": (
        "Der letzte Link ist erst eben versendet worden. Bitte warten Sie zehn Minuten oder rufen Sie uns an.",
        "Le dernier lien vient d'être envoyé. Veuillez patienter dix minutes ou nous appeler.",
        "L'ultimo link è stato appena inviato. Attendete dieci minuti o chiamateci.",
        "The last link has only just been sent. Please wait ten minutes, or call us.",
    ),
    "download": ("Als PDF herunterladen", "Télécharger en PDF", "Scaricare in PDF", "Download as PDF"),
    "acknowledge": (
        "Wir haben die Mitteilung gelesen",
        "Nous avons lu le message",
        "Abbiamo letto il messaggio",
        "We have read the message",
    ),
    "name": (
        "Ihr Name und Ihre Funktion",
        "Votre nom et votre fonction",
        "Il vostro nome e la vostra funzione",
        "Your name and function",
    ),
    "name_missing": (
        "Wer bestätigt für die Schule?",
        "Qui confirme pour l'école ?",
        "Chi conferma per la scuola?",
        "Who confirms for the school?",
    ),
    "acknowledged": (
        "Bestätigt, vielen Dank.",
        "Confirmé, merci beaucoup.",
        "Confermato, grazie.",
        "Confirmed, thank you.",
    ),
    "report": (
        "Haben Sie Ihrer Behörde gemeldet?",
        "Avez-vous annoncé le cas à votre autorité ?",
        "Avete notificato il caso alla vostra autorità?",
        "Have you reported to your authority?",
    ),
    "report_id": (
        "Nummer der Behörde (Report-ID)",
        "Numéro de l'autorité (Report-ID)",
        "Numero dell'autorità (Report-ID)",
        "Number given by the authority (report ID)",
    ),
    "reported_at": ("Gemeldet am", "Annoncé le", "Notificato il", "Reported on"),
    "report_wrong": (
        "Bitte geben Sie die Nummer und einen Zeitpunkt zwischen dem Vorfall und jetzt an.",
        "Veuillez indiquer le numéro et un moment entre l'incident et maintenant.",
        "Indicate il numero e un momento tra l'incidente e adesso.",
        "Please give the number, and a time between the incident and now.",
    ),
    "send": ("Senden", "Envoyer", "Inviare", "Send"),
    "reported": (
        "Danke, wir haben die Nummer Ihrer Behörde erhalten.",
        "Merci, nous avons bien reçu le numéro de votre autorité.",
        "Grazie, abbiamo ricevuto il numero della vostra autorità.",
        "Thank you, we have received the number of your authority.",
    ),
}


def words_in(language: str) -> dict[str, str]:
    """Every sentence in one language; German for one that notices are not written in."""
    at = LANGUAGES.index(language) if language in LANGUAGES else 0
    return {key: texts[at] for key, texts in _WORDS.items()}
