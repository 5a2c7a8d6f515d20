/* Language tags and the guess.
 * SPDX-License-Identifier: GPL-2.0-or-later */
#include "text/language.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct row {
    const char *given, *expected;
};

static void test_base(void **state) {
    static const struct row rows[] = {
        {"en", "en"},
        {"en-US", "en"},
        {"EN", "en"},
        {"pt_BR", "pt"},
        {"zh-Hant-TW", "zh"},
        {"English", "en"},
        {"german", "de"},
        {"Norwegian", "no"},
        {"fil", "fil"},
        {"sr-Latn", "sr"},
        {"", ""},
        {"e", ""},
        {"english-US", ""},
        {"klingon", ""},
        {"en US", ""},
        {"12", ""},
        {"en1", ""},
        {"-en", ""},
        {"abcdefghijklmnopqrstuvwxyz", ""},
        {NULL, ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char base[9];
        memset(base, 'x', sizeof base);
        language_base(base, rows[i].given);
        assert_string_equal(base, rows[i].expected);
    }
}

/* The formatter breaks lines of some scripts anew each time. */
/* clang-format off */
static const struct row texts[] = {
    {"The committee met on Monday to discuss the budget, which had been delayed for weeks. Its members could not agree "
     "on how much of the money should go to schools, and they will meet again when more figures are known.",
     "en"},
    {"Der Ausschuss traf sich am Montag, um über den Haushalt zu sprechen, der seit Wochen verspätet ist. Die "
     "Mitglieder "
     "konnten sich nicht einigen, wie viel von dem Geld an die Schulen gehen soll.",
     "de"},
    {"La commission s'est réunie lundi pour parler du budget, qui a été retardé de plusieurs semaines. Ses membres ne "
     "sont pas tombés d'accord sur la part de l'argent qui doit aller aux écoles.",
     "fr"},
    {"El comité se reunió el lunes para hablar del presupuesto, que lleva semanas de retraso. Sus miembros no se "
     "pusieron "
     "de acuerdo sobre la parte del dinero que debe ir a las escuelas y se verán otra vez.",
     "es"},
    {"Il comitato si è riunito lunedì per parlare del bilancio, che era in ritardo da settimane. I suoi membri non "
     "sono "
     "riusciti a decidere quanto del denaro deve andare alle scuole della città.",
     "it"},
    {"O comitê reuniu-se na segunda-feira para falar do orçamento, que está atrasado há semanas. Os seus membros não "
     "chegaram a um acordo sobre a parte do dinheiro que deve ir para as escolas.",
     "pt"},
    {"De commissie kwam maandag bijeen om over de begroting te praten, die al weken te laat is. De leden werden het "
     "niet "
     "eens over hoeveel van het geld naar de scholen moet gaan.",
     "nl"},
    {"Kommittén träffades på måndagen för att tala om budgeten, som har varit försenad i flera veckor. Medlemmarna "
     "kunde "
     "inte komma överens om hur mycket av pengarna som skulle gå till skolorna.",
     "sv"},
    {"Udvalget mødtes mandag for at tale om budgettet, som har været forsinket i flere uger. Medlemmerne kunne ikke "
     "blive "
     "enige om, hvor meget af pengene der skal gå til skolerne.",
     "da"},
    {"Komiteen møttes mandag for å snakke om budsjettet, som har vært forsinket i flere uker. Medlemmene ble ikke "
     "enige "
     "om hvor mye av pengene som skal gå til skolene etter dette.",
     "no"},
    {"Valiokunta kokoontui maanantaina puhumaan talousarviosta, joka on myöhässä. Jäsenet eivät olleet yhtä mieltä "
     "siitä, "
     "kuinka paljon rahaa kouluille pitää antaa, mutta he ovat sitä mieltä, että asia on tärkeä.",
     "fi"},
    {"Комитет собрался в понедельник, чтобы обсудить бюджет, который уже несколько недель не был принят. Его члены не "
     "договорились о том, какая часть денег пойдёт на школы.",
     "ru"},
    {"Комітет зібрався у понеділок, щоб обговорити бюджет, який уже кілька тижнів не був прийнятий. Його члени не "
     "домовилися про те, яка частина грошей піде на школи, але це ще не кінець.",
     "uk"},
    {"Komisja spotkała się w poniedziałek, aby rozmawiać o budżecie, który jest spóźniony od kilku tygodni. Jej "
     "członkowie nie zgodzili się co do tego, ile pieniędzy ma być dla szkół.",
     "pl"},
    {"Komise se sešla v pondělí, aby jednala o rozpočtu, který je již několik týdnů zpožděn. Její členové se nedohodli "
     "na "
     "tom, kolik peněz má být pro školy, ale budou o tom dále jednat.",
     "cs"},
    {"Komite pazartesi günü haftalardır geciken bütçe için toplandı. Üyeler paranın ne kadarı okullara gidecek diye "
     "anlaşamadı ve daha sonra bir kez daha bu konu için toplanacak olan kurul çok zaman istedi.",
     "tr"},
    {"A bizottság hétfőn ült össze, hogy a költségvetésről beszéljen, amely már hetek óta késik. A tagok nem egyeztek "
     "meg "
     "abban, hogy mennyi pénz jusson az iskoláknak, és ez nem is lesz egyszerű.",
     "hu"},
    {"Comitetul s-a întâlnit luni pentru a vorbi despre bugetul care a fost întârziat de mai multe săptămâni. Membrii "
     "săi "
     "nu au căzut de acord cât din bani să fie pentru școli.",
     "ro"},
    {"Panitia bertemu pada hari Senin untuk membahas anggaran yang telah terlambat selama beberapa minggu. Para "
     "anggota "
     "tidak sepakat tentang berapa banyak uang yang akan diberikan kepada sekolah.",
     "id"},
    {"Ủy ban đã họp vào thứ hai để bàn về ngân sách, vốn đã bị chậm trong nhiều tuần. Các thành viên không đồng ý với "
     "nhau về việc bao nhiêu tiền sẽ được dành cho các trường học của thành phố.",
     "vi"},
    {"위원회는 월요일에 모여 몇 주 동안 미뤄진 예산을 논의했다. 위원들은 학교에 얼마를 배정할지 합의하지 못했고 다음 "
     "주에 다시 "
     "만나기로 했다.",
     "ko"},
    {"委員会は月曜日に集まり、数週間遅れている予算について話し合った。委員たちは学校にいくら配分するかについて合意でき"
     "なかった。",
     "ja"},
    {"委员会星期一开会讨论已经推迟了几个星期的预算。委员们没有就学校应该得到多少钱达成一致，下个星期还要再次开会讨论这"
     "个问题。",
     "zh"},
    {"คณะกรรมการประชุมเมื่อวันจันทร์เพื่อหารือเรื่องงบประมาณที่ล่าช้ามาหลายสัปดาห์ สมาชิกไม่สามารถตกลงกันได้ว่าโรงเรียนควรได้รับเงินเท่าใด", "th"},
    {"اجتمعت اللجنة يوم الاثنين لمناقشة الميزانية التي تأخرت عدة أسابيع. لم يتفق أعضاؤها على مقدار المال الذي يجب أن "
     "يذهب إلى المدارس في المدينة.",
     "ar"},
    {"کمیته روز دوشنبه برای گفتگو درباره بودجه‌ای که چند هفته عقب افتاده بود تشکیل جلسه داد. اعضا بر "
     "سر "
     "اینکه "
     "چه "
     "مقدار "
     "پول باید به مدارس برسد توافق نکردند.",
     "fa"},
    {"הוועדה נפגשה ביום שני כדי לדון בתקציב שהתעכב במשך שבועות. חבריה לא הסכימו כמה מן הכסף צריך ללכת לבתי הספר בעיר.",
     "he"},
    {"Η επιτροπή συναντήθηκε τη Δευτέρα για να συζητήσει τον προϋπολογισμό που έχει καθυστερήσει εβδομάδες.", "el"},
    {"समिति सोमवार को उस बजट पर चर्चा करने के लिए मिली जो कई हफ्तों से रुका हुआ था। सदस्य सहमत नहीं हुए।", "hi"},
};
/* clang-format on */

static void test_guess(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char *guess = language_guess(texts[i].given, strlen(texts[i].given));
        if (!guess || strcmp(guess, texts[i].expected) != 0)
            fail_msg("%s, not %s: %s", guess ? guess : "none", texts[i].expected, texts[i].given);
    }
}

static void test_unsure(void **state) {
    static const char *const rows[] = {
        "",
        "Zapata",
        "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890",
        "Lorem Kjfsd Qwerty Zxcvb Asdfgh Poiuy Mnbvc Lkjhg Trewq Hgfds Bvcxz Yuiop Nmlkj Fghjk",
        "\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff\xfe\xfd\xff",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_null(language_guess(rows[i], strlen(rows[i])));
}

/* A name of another script in a text does not turn it. */
static void test_mixed(void **state) {
    const char *text = "경찰은 Federal Bureau of Investigation 요원과 함께 월요일에 용의자를 체포했다고 밝혔다. 수사는 "
                       "계속되고 있으며 "
                       "추가 체포가 있을 것으로 보인다.";
    (void)state;
    assert_string_equal(language_guess(text, strlen(text)), "ko");
    text = "The name of the city is written 東京 in Japanese and it is the largest that there is; most of its people "
           "do not "
           "know who built the first house on the hill.";
    assert_string_equal(language_guess(text, strlen(text)), "en");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base),
        cmocka_unit_test(test_guess),
        cmocka_unit_test(test_unsure),
        cmocka_unit_test(test_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
