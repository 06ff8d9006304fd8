-- By what a plot is found when a part of its name is typed: the keys of plot_version_name_idx.
--
-- district: code of its county.
-- unit:     code of the unit that does the work, or NULL.
-- name:     its name; NULL gives NULL.
-- Returns each character and each pair of characters of the name, small and without spaces; each
-- pair of first letters in pinyin, after a tilde; and after an at sign the county and the unit as
-- current_scope() names them. (Trigrams need three characters; most Chinese words have two.)
-- The letter of a character is that of its commonest reading, and for some of the names of places
-- that of the other one as well. Every role may call it; it reads no table.
-- Each plot that is written calls it, whatever changed of it: so the letters of all characters from
-- 一 to 龥 stand here, in their order, and the keys are one text until the end.
CREATE OR REPLACE FUNCTION name_grams(district text, unit text, name text)
RETURNS text[]
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
AS $$
DECLARE
    low text := lower(regexp_replace(name, '\s', '', 'g'));
    both_readings boolean := low ~ '[重长朝厦番会乐解]';
    keys text := '@' || district;
    here text;
    before text;
    letter text;
    last text;
    other text;
    other_last text;
    at integer;
BEGIN
    IF name IS NULL THEN
        RETURN NULL;
    END IF;
    IF unit IS NOT NULL THEN
        keys := keys || E'\x1f@unit:' || unit;
    END IF;
    FOREACH here IN ARRAY string_to_array(low, NULL) LOOP
        at := ascii(here) - 19968;
        letter := CASE WHEN at BETWEEN 0 AND 20901 THEN chr(get_byte(
                'ydkqsxhwzssxhbymgcczqpssqbycdscdqldylybsgjgyqzjjfgcclzzawdwzjljpfyynwjjtmyyzwzhflyppqhgccyyymjqy'
                'xxgjxhsdsjnjjsmhmmzsxyfsngsyczqzggmmyjlmyzssecykyyhqwjssggyxyqyjtwkdjhychmyxjtlxjyqbyxdldmrrjjwy'
                'srldzjpcbzjjbscfsmbczsszfxxthtrqggbdmyccscymmrfcyqzpwwjjyfcrwfdfzqpyddwyxkyjawjffxjpdftzyhhycysw'
                'ccyxscmcxxwzzxnbgnnxbxmzsqcbsjpysyzdhmdzbqbzcwdzzyytzhbtsyyfzgntnxqywqskbphhlxgybfmjebjhhgqtjcys'
                'xstkzglyckglysmzxyammemdccxgzyscxsdmtjzcqkcnnjwhjczzcqmjststbnxbtyxceqxgkwjyflzqlyhjqspsfxlfpbyq'
                'xxxydcczylllsjxfhjxpjbcffyabyxbhczbjyclwlczggbtssmdtjcxpthyqtgjjscjfzkjzjqnmzwmslhdzbwjncjzyzsqn'
                'ycqyszcjjwybstwpyftwexcskdzctbxhyzcyyjxzcfbzzmjyxxcdczottbzmjwfcgszsxfyslnyjmbdthjxsqjccsbxyytsy'
                'fbjdztgbcnclcyzzbsacyzzscjcshzqydxmbpjlmmqxtydzxsqjtzpxlcglqccwjbhctdjjsfxjejjtmbgxsxjmyjjqpfzas'
                'yjncydjxkjcdjszcbastcclnjqmwnqncllmkbybzzsyhqcltwmccrshlmzntylnewyzyxczxxgdkdmtcedejtsyyszdqdfms'
                'dzjlhswnqlybgmxhlgtgxbqjdzfyjsjyjcjmrnymgrcjczgjmzmgxmmsyxkjnymsgmzjymklfxmbdtgfbhcjhkylpfmdxlqj'
                'jsmtqgzsjlqdmdgjycalcmzcsdjmmnxdjffffjczfmzffpfkhkgdpqxktacjdhhzdddrrcfqyjkqccwjdxhwjlylmzgcfcqd'
                'smmzpbjjplsbcjggdckkdezsqsckjgcgkdjtjmmzycxklqscgjcltfpcqczgwbjdqsdjjbyjhsjddwgfsjgdkccctmlpspkj'
                'gqjhzzljpmgjgjjthjjyjzcjmlzlyqbgjwmljkxzdznjqsyzmljlljkywxmkjlhskjgbmclyymkxjqmbmclkmdxxkwyxwslm'
                'mpsjqjcqxyjfjtjdxmxxmlcrqbsyjbgwywxggbcyxpjtgpepfgdjgbhbnsfjyzjkjkhxqfgqzkfhygkhdgllsdjjxpqykybn'
                'qsxqnszswhbsxwhxwbzzxdmndjbsbkbbzkmymxgwxjjwaqzmywsjqmcjxxjqwjeqxscwetlzhlyyysdzpyqyzcptlshtzcfy'
                'cyxyljsdcjjagyslcllyyysglsqqeldxzsccccadycjysfsgbfssszqsbxxpsjwsdsckgjmgdkzjzbdktcsyqpyhstcldjlh'
                'mxmcgxyzhjdctmhltxzxymymohyjcmtyfbqqjbfbdfehtksqhzywwcnxxcdwhhwgyjmegmdqcwgfjhcsntfydolbygwqwesj'
                'pwnmmrydzsztxyqpzgcwxhngpyxshmcqjhztdppbfyhzhhjyfczwkgkzbmdntsxhqeegzxylzmmzyjzgszxhhkhtxexxgyly'
                'apsthxdwhzydpxagkydxbhnhxkdfjnmyhympmgocslnzhkxxlbzzlbmlsfbhhgsgyyggbhscyajtxwlxtzqcwzydqdqmmgdq'
                'llszhlsjzwfjhqswscelqazynytlsxthaznkzzsdhlacxtwwcsgqqtddyzbcchyqzflxpslzygpzszngmydqcbdlxjtctajd'
                'kywnsyzljhhdzcwnyyzynmhychhhxhjkzwsxhdnxlyscqydpclyzwmypbkxyjmkzhtyhaxqsyshxasmchkcscsswjpwqsgzj'
                'lwwschszhsqnhzsmgndaqtbaalzzmsstdqjcjktscjaxpmggxhhgoxzcxpdmmhldgtybysjmxhmrcplxjzckzxshflqxccdh'
                'xezfchzccdytcjyxqhlxdhypjqxnmsyyczozjnhxqezysjyayjkypdghddxsppyzndlthshxydpcjjhtcxmctmhbynyhmhzl'
                'mhnxmylmmmdcppxhmxdkycyrdltxjchhznxclcclymnzsxzjzzlnnlmwhyqsnjhxynttdkyjpychhyegkcttwmgqsmggtgty'
                'gyhpyhymqyqgcwyqkpyyyttttmhyhmmtyttspmkyzwgywgpydqqzzdqxskcqnmjjzzbxyqmjstfbbtkhzkbjdjjkdjjtlbwf'
                'zpbtkqtztgpdgntpjyfamqmkgxbccmzfhzclmmmadpmxdjhmcclgyhdzfgyddgcyyfgydxkssebdhykdkdkhnaxxybfbyyhx'
                'cqgabfqyjjdmljcsjzllbchbsxgjyndybyqspqwjmzkcddtaccbkzdyzypjzqsjnkktknjdjgyepgtlfyqkasdntcyhblgdz'
                'hbbydmjsygkzyheyybcmcdtyfzjjhgcjplxhldwxjjkytcyksssmtwcttqzlzbszdtwzxgzagyktywxmhlcpbcmmoqmmzssm'
                'cmbjcszzkydczxgqjdsmcytzqqlwzqzxssbpkdfqmddzdsddtdmfhtdyzjaqjqkypbdjyyxtljhdrqxxxhaydhsjlkmytwhm'
                'mslmrcxylbwsrszzsymkzzhhkyhxksmzsyzgcjfbzbsqmfcxxxnxkxwymsddyqwggqmmyhcdzttfgyyhgstttybykjdhkyjb'
                'elhdypjqnfxfdqkzhqkzbyjtzbxhfdxbdaswhawajldyjsfhbmdnndnqjtjnchxfjssfwhzfmdsfjyhwzpdjkzyjymfcyzny'
                'nxfbytfwfwygdbnzzzcnytxzemmqbsqehxfzmbmfmzzsrsymjgsxwzjspsydjsjgxhjjgljjynzjjxhgjkymlpeyycsysgqz'
                'swhwmyrjmpxslcxmfsmwkcctnxnynpnjszhdzeptxmwywayysywlxjqzqxzdcmaeemmcpjpcmwbxsqhfwstffjtnqjhjqdxh'
                'wlbycnfjmalkyyjldxhhycstdywncjtxywdsmdsqhwqcmfjdyzmhmayxjwmyzqsxtlmrspwwchajbxtgcypxyysscmmpamgk'
                'qjszyjsmyjsnxtplnbappypylxmyzkynldgyjzczhnlmzhhanqmpgwqtzmxxmllhgdzxyhxkrxycjmffxyhjfsbssqlhxndy'
                'cannmtcjcypssnytyqnyymbmsxndmylysmjnlqyshqmlmyzlzjjjkymzcsfbzxxmstbjgnxyzhmsnmcqscyznfzlxbsnnnym'
                'mnstgzqysatswsyhyjzmzdhzgzdwybsscskxsyhytsxgcqgxzzbhyxjscshmkkbsczjyjymkqhzjfnbhmqhysnjnzybknqmc'
                'jgqhwlsnzswxkhljhyybqcbfcdsxdmdspfzfskjjzwzxsddxjseeegjscssmgclxxkywyllymwwwgydkzjgggtggsycknjwn'
                'jpcxbjjtqtjwdsspjxzxnzxwmemptfsxtmmxcmjxjjljsxctnstxlehhmyqrwhsycsqrybyaywjejqfwqcqqcjqgxaldbzzy'
                'jgkgxpltqyfxjmtpadkyqhpmatmcpdhkxmtxybhbmefxdmeegqdymsawhzmljtwyqxlyjzmjeeyxbqqffnlyxsdsctgjgxyy'
                'lkllxqkcctlhjlqmkkzgcyygmmljdzgydhzwxpysjbzkdzgyzzhywyfqytyzszyezkmymhjjhtsmqwyzlkyywzcsskqyqmtd'
                'xwcdsjkmwsqzwbdcqyncjssszjlkcdcdtmzzzacqqczddxypmxcbqjylzmlljddzjgyjyjzyxnyyynxjxkxdazwysdmjyyys'
                'jlgmmdsxjcykywnqccmddnyyykyckczhjxcclgzqjgjwppcqqjysbzzxyjxjbxjfzbsbdsfnsfpzxhdwztdmpptblzzbzdmy'
                'ypqjssdzsqzsqxbdgcpzswdwcsqzgmdhzxmwwfybpdgphtmjthzsmmbgzmbzjcfzhfcbbzmqcfmbcmcjxlgpnjbbxgyhyyjg'
                'ptzgzmqbqdcgybjxmwzkydpdymgcftpfxyztzxdzxtgkmtybbclbjaskytssqyymscxfjegmsllszbqjjjakmyldmycctsxm'
                'cwfgkkbqxmmlmjyxtyltyxytdpjhnhgnkbyqnfjyyzbyyessessgdyhfhwtcjbsdzjtfdmxhcnjzymqwssxjdzjqpdqbbsdj'
                'ggfbkjbxdgjhmgwjjjgdmmthzhhyyyyyysxwtyyyccbdbpypzyccztjfzywcbdmfwzcwjdxxhyhmhwczxjtczlcdpxdjczcz'
                'lyxjjsjbhfxwpywxzptdzzbdccjhjhmmxbqxxbylrddgjrrctttgqsczwmxfytmwzcwjwxjywcskybzqccttqnhxnkxxkhkf'
                'htswoccjybcmpzzyjbnnzpbthhjclscddytyfjpxyngfxbyqxcbhxcbsxtyzdmzysnxsxlhkmzxlthdhkghxjsshqyhhcjyx'
                'gmhzxcsnhekdtgqxqypkdhextykcnymyyypkqyytjxzmthhqtbyqhxbmyhsqckwwyllhcyylnneqxqwmcfbdccmljggxdqkt'
                'mxkgnqcdgzjwyjjlyhhqtttnwchhxcxwheszjydjccdbqcdgdnyxzdhcqrxcbmztqcbxwgqwyybxhmbymykdyecmqkyaqyng'
                'yzslfykkqgyssqyshjgjcnxkzycxsbkyxhyylstycxqthysmgscpmmgcccccmtztasmgqzjhklosqymswtmqsyqkdzmjqqyp'
                'lcycztcqqpbbqjzclpkhqcyyxxdtdddsjcxffllchqxmjlwcjcxtspycxndtjshjwxdqqjckxyamymsjhmlamykxcyydmamd'
                'qmlmcznnyybzkkyfmmchcmlhxrcjjhsylnmtjggzgywjxssxcwjgjqhqzdqjdzjjzkjkgdzqgjjyjymhzxxcdqhhhestmhlf'
                'sbdjsyyshfyssczqlpbdsfsztzdkykgsctgkwdqzskmsynbcrxqbjyfaxpzzedzcjykbcjwhyjbqdzywnyszptdkzpfpbazt'
                'kmqyhbbzpnbptyzzybhnydcpjmmcycqmcjfzzdcmnlfpbplngqjtbttajzpzbbdnjkmjqylnbzqhksjznggqsczkyxchpzsn'
                'bcgzkddzqanzgjkdntlzmdwjljzmywtxndjzjhxyatncbgtzcsskmnjpjytsswxcfjwjjtkhtzpmbhsnjzsyjbwbzyzmstls'
                'bjhdwwqpslmmfbjdwajyzccjtbnnszwqxcdsmqgdsdpdzhjtqqpsqmyyjzlgyhszmctcbjtktyczjtqkbpjmgmjzdmcsgpyn'
                'jzjjyyknhspwszxmtncszzyxybyhyzaxywkcjtllckjjtjhgcxdxyqyczbywblwqcgmzgjgqsqcczssbcsbcskydznljsqgx'
                'ssjmecnstztpbclthzwhqwqtzexnqczgweskssbybstscsjccgbfsdqszlccgmmmzghzcthcnmjgyzaznmckcstjmmzckbjy'
                'gqljyjppldxsgzyxccsnhshgcznmzhzjjcddcbcjflbfqbczzwpqdnhxmjcthqwjgylnmszzpcjdscqqhjqkdxkpbajyemsm'
                'jtzdxlcjysyynwjbngzzkmjxltbsmmrtpylcsznxjhllhymmqqzqlxymrcwcxsmjmczmtzldwdjjllnzggqxppskygyggbfz'
                'pdkmwghcxmcgdxjmcjsdycabxjdlnbcddygskydjtxdjjyxmsaqazdzfslqxyjsjzylblxxwxqqzbjzlfbblylwdsljhxjyz'
                'jwtdjcyfqzqzzdcsxzzqmzcdzfchyspympqzmmppmffxjjnzzymsjyyqzfpfzksywjjjhsdjzzxtxxglghtdxcskyswmmtcw'
                'ybazbjkshfhgcxmhfqhyxxyzftsjyzbxyxpzmchmzmbxhzzssyfdmncwdabazmxktcshhxkxjjzjsthygxsxyyhhhjwxkzxc'
                'sbzzwwhhcwtzzzpjxsnxqqjgzyzawllcwxzfxgyxyhxmkyyswsqmnjnaycyspmjkgwcqhylajjmzxhmmcnzhbhxclxtjpmtx'
                'yjhdyylttxfszhyxxsjbjyayssmxyplckdlyhmxsmnmmstyzyyqygyhhsccsmcctzcxhyqfpyyspffmfqtntszllzmhwtcjq'
                'yzwtllmmmdwmbzssmzrbpdddlgjjbxccsszqqygwcsxfwzlxccsbtdzmcyggdlqsgtjmwljmymmsyhfbjdgyxccpshxczcsb'
                'sjwjgjmpbwaffyfnxhydxzylsemzgzcyzsszdlmjcsqfzxxkptxzgxjjgbmyyysnbdymbnlhbfzdcyfbmgqrsmsszxysgtzn'
                'nydzzcdgbjafjbdknzbmcsscpsgzycjszmmlszzbzzmdmsllysxsqzqlyxzlsgkbrxbrbzcycxzjzeeyfgklzlyyhgysgzmf'
                'jhgtgwksaajyzkzqtsshjjxdzyzzyjmzyrzdqqhgjzxsszbtkjpbfstjxlmfqwjgslqtymbmpzdxtzagbdhzzsbgjhwnjtjx'
                'mhscfsmwlldqysjtxkzscfwjlbxftzlljzmlqbmcqmqqcgcdfpbbhzczjlpyygjdtgwdcfczqyyyqysrclqzfklzzzgffsqn'
                'wgmhjycjjczlqzcyjbjzzbpdccmhjgxdqdgdmzqmfgpsytsdyfwwdjzjysxyycjcyhzwpbyhxsylybhkjksfxtzjmmchhllt'
                'nyymsxxyzpyjjycdyzwmtjjkqyshmlqxpsgtlwycmjscbxjyzfnmlsgjjtyzbsyzmsjyjhgfzqmsyxsszcwtmstqzsstkxgq'
                'ggsptgcdnjsgcqcqhmxggztqydjkzdmbzsxjlhyqgggthqscpyhjhhgnygkggcmjdzllcclxqsftgzslmlmmcskctbmjzzsz'
                'mmnytpzsxqhjcjyqxyexzqzcpshkzzysxcdfgmwqrmmqxsfztlysdctmjcsjjdhjnxtnsztzfqrhqgmlgcxszsjdjmjcytsj'
                'tmnyxhszxcgjzyqpylfhdjsbpcczgjjjqzjqdybssmlcmyttmqtbhjqnnygkynqyqmzgcjkpdcgmyzhqllsmlcmmhomzgdyl'
                'fzsljcqzmylzcjeshnymljxgjxmyjyyyxnbcljsswcqqcjymlcmdjyllzllbnymgqchxyyqoxccqkyjxxhyklksxayqccqkk'
                'kkcsgyxxyqxygwtjohthxpxxcsshcyeychzzcbwqbbwjqcscszsslzylgdesjzmmymcytsdsxxscjpqqsqylyfzychdjdzyw'
                'cbtjsydjhcyddjlbdjjsodzyqysqkxxdhhgqjyohdyxwgmmmajdybbbppbcmhcpljzsmtxesxjmhqdstpjdcbssmsssthjts'
                'mmmtscpmzszmmqdsdmjmqpnqdxcfynbfsdqqyxhyaykqyddmqyyysszbydslntfgtzqbzmchdhczcwfdxtmqqsphqwwxssgj'
                'cwtjtzzqmgwjjsjhtqjbbgwzfxjhnqfxxqywyyhyscdydhhqmnmcmmcpbszppzzgmmzfolmcfwhmmsjzttthlmyffytzzgzy'
                'skjjxqyjzqphmbzzlyghgfmshpcfzsncmpbqsnjszslxjfpmtyjygbxmmdmxpzjypjyhhzcywhjylsjexfsszywxkzjmmadt'
                'mlymqjpwxxhxsktqjezspxxzghmhwqpwqmyjjqjjzszcfhjmchhnxjlqwzjhbmzyxbdhhypylhlhlgfwlcfyytlhjjcjmscp'
                'xstkpnhjxsntyxxtestjctlsslstdlllwwyhdhsjzsfgxssyczykwhtdhwjslhtzdqdjzxxqggyltzphcsqfzmnjtclzpfst'
                'pdynymgmjmmycqhynsbchylhqyqtmzybbywsfqykjsysmzdyjmpxyyssshzjnyqtqdfzbwwdwwsxcwhgyhxmkmyyyhmsmzhn'
                'gcepmlqqmtcwctmhmxjpjjhfxyyzsjchtybmstsyjdtjjqytmhynbyqzlcxcnzwsmylkfjxmwgbypjytysylymzckttwmgsm'
                'zsymmpwlzwxwqzssaqsyxyshssntssapccpwcmgdhhxzdzxfjhgzttsbjhgygmzysmycmlmybtyxhbbzjkssdmamhhycfygm'
                'qypjycqxjmmmjgcmzgqlycjcctotyxmtmshllwcgfxymzmkmpszzzxhhjyslctyjcyhxsgyxzkxlzwpyjpdhjwpjpwsqqxmx'
                'xdhmsslzcyzwstcxkystzshbsccstpmwsscjchjlcgchssphymhfhhxjsxymlnymmzdhzxylsxmwzyhcldyahzcmddyspjtq'
                'jzlngjfsjshctsdszlblmssmnyymjqbjhscwtyydchqljapzwbgqybkfcmjwmzmlyymszydwhxpsbcmmjpscgbhxmqhysljx'
                'yswxhxzmldfhlsmymjljyfmyjycdrjlfsyzfsllcqyqfgjyhyszmylmstdjcyhbzllnwmxxygyyhbmgdhxxhhmzzjzxczzzc'
                'yqzfnjwpymcpkpykpmclgkdgxzggwqbdxzzkzfbxxmzxjtpjpttbytszzdwslchzhsltjxhqlhyxxxywzyswtmzkhlxzxzpy'
                'hgchkjfsyhztjrlxfjxptztwhplyxfcshxshxkjxxyhzjdxjwymhyhmjdbfmkhtxcwhcfwjcfpqsxqxcyyyjygrpxgscsxng'
                'wchkzdxhflxxhjjbyzwtsxnncyjjymswzjqsmhxzwfqsylzjzgbhynslbgttcsebhxxwxyhhxyxnsqyxmlywsgyqmxbbcmjs'
                'ympsytjzyhyzawmhorjmksczjxxxyxchcytryxqjddsjfslymtsffyxlmtyjmjjyyyxltzcsxqzlhzxmwyxzhdnlsxhxjcdy'
                'hlbslmbsmlaxksllmjlyxxmycrylcjcgjcmtlzlmcyzzpzpcyawhjjfybdyyzsepckzdqyqpbpcjpdcyzbdbbcyydycnnpjm'
                'tmlsmfmmgwygbsjgygsmdqqqztxmkqwgxllpjgzbqcdjjjfpkjkcxbmjmswmdtqjxldlppbxcwkcqqbfqjczagzgmykbhyyh'
                'zykndkzmbpjyspxthmfpnyygxjdbkxnhhjhzjxstsstldxskzysybmxjlxyslbzyslhxjpfxbqnbylljqkygzmcyzzymccsl'
                'dmhzgwfwyxzmwcxtynxjhbyymcysbmhysmydyshqyzchmjjmzcaahcbjbbhpmxtylsxsdjgjdhkxxtxxnbhnmlngsmtxmrhn'
                'mxqjxmzmmyswqgdlbjhdcgjyqycmhwfwjybbbyjmjwjmdpwhxqmdyapdfxxbcgjspckrssyzjmsmbzzjfmjjjlgxzgyxyxms'
                'zqyxbexyxhgcxbpldyhwecdwwcjmbtxchxyqxllxfmyxmljlssfwdpzsmyjclmswtczbchqekcqbwmcgydblqppqzqfjqdjh'
                'ymmcxtxdsmjwshxcjzclqxdyynhyyhssmsssywwzjymtmtllgzqcjzyabsckzcjyccqljsqxalmzyyywmwdxzxqdmlqshgpj'
                'fjmjhjabcqzdjgthhsstcyjmbswzlxzxswgldlzslzqtgslmmlzlymxqgdzhgbdbhzpbrlwzxqbpfdwozzwhmypcbjcczdmb'
                'zpbzzzcyqxmdomzbmzwpdwyygdstthcsqsccssssysmfybfntyjszdfndpthtzzmbbmxmcmyffgtjjqwftmdpjwdnmbzcmmc'
                'tgbdzmqmpyfhsymjymsdchdzjwjcctljcmdtmjjcpddpjdsszynndbjlggjzxsxnlycybjjqxcbylzcfzppgkcxzdzfztjjf'
                'jsjxzbnzyjqttyjwhtyczhymdjxttmpxsflzcdwslshxybzgtfmmcjtacbbmgdewycyzcdszcyhflyctygwhkjyymsjcxgyw'
                'jcbhmcsnddbtzbscmyzczzssqdmmmqyyhflmqmlxfdyhabxggnywyypllsdmdmlbjcyxjzmlhljdxyyqytdmmmbbgbfdfbbq'
                'jzzmdpjhgcmgmjjpgaehhbwcqxaxhhhzchxyphjaxhlphjpgpzjqcqzgjjzzgzdmqyybzzphyhybwhazyjhykfgdpfqsdmzm'
                'ljxjpgamxzdaglmdgxmwzqytxdxxpfdmmssympfmdmmkxksyzyshdzkjsysmmzzzmsydnzzczxbmmstmddnmxckjmztyymzm'
                'zzmsshhdccjemxxkljstgwlsqlyjzllsjssdbpmhnmyjczyhmxxhgzcjmdhxtkgsmxfwmckmwkdcksxqmmmszzydkmscmcmp'
                'cgmwspxqpzdsslcxkyxtmmgjyahzjgzqmcsnxyhmmpmlkjxmhmmmgmxctkzmjjyszjsyszhsyjzjcdajzybsdqjzgwzkgxfk'
                'dmsdjlfmehkzqkjbeypzyszcdwyjffmzjykttdzzefmzlbnppmplpbpszalmtylkckqzkgenqmwagxxydpxlhsxqqwqykxqc'
                'lhyxxmmyccwmymqyskychmcjnszkpyzkcqzqmjbdmdjhmasqlbydwqmwdnbqcsydddtjybkbwszdxdtnpjdtctqdfxqqmgns'
                'ecmstbhpwslctxxlpwydzklzygzcqapmmkccylbqmqczqcmjslqzdjxmdthpzqdljjxzqdjyzhkzljcyqdyjppypeakjysmp'
                'cbymcxkllzllfqpylmmmbsglcysslssysqtmxyxqqzbdzsysyztffmzzsmzqhzssccmmyxwtpzgxzjgzgsjsgkddhtqggzmm'
                'bjdzmcbzhyxyzhzfywxyzymsdbzzyjgtsmtfxqyxjscdgslnmdlrytzlsyylxqhtxsrtzcgyxbnqqzfhykmzjbzymkbpnlyz'
                'pbmmcnqyzzzsjzhjctzhhyzzjrdyzhnfxglfxsmkgjtctssymmgzrzbbjzzklpkbczysmxyxbjfpnjzzxcdwxzyjxzzdjjgg'
                'gsssjkmcmzjmsjywqshyhqjsxpjzzzmsnshrnypjtwchkmbsrzlcxwjqxqkysjycztlqzybbybwzjqdwgyzcytjcjxckcwdk'
                'kzxsgkdzxwwyyjqyytcytdjlxwkczkkmcclzcqqdzmqlcsfqchqhsfsmqzzmmbjjzbsjhtsjdysjqjpdlzcdcwjkjzzlpycg'
                'mzwdjjbsjqzsyzyhhxcbbjydsscdzncglqmbtsfcbfdzdmznfgfjgfsmptjqmmbmgqcyyxbqkdxjqssfkztjdhczklbsdzcf'
                'ytplljgjhtxzcsszzxstcygkgckgyoqxjplzbbbgtgyjdgczqszmbjmsjfzgkqqjcgyczbzqtmdxsjxbsxxpzxhyzycmwdsj'
                'jhxmfczpfzhqhqmqgksmyhtycgfszgnqxcmpdlbzcsczqmljblhbdcypczppdymtzsgyhckcpzjgsmcmnscdsldlxbmsdldd'
                'fjmkdjdhslzxmszqpqpgjmmybdszgqlbzlslkyyhzttncjyqtzzfszqztmmjtyylmqllqyzqlbdzlsmyyzymdfszsnhlxznc'
                'zqzbbwsksfbcyzmthblgjpmczzcstlxshtzcyzlzblfeqhlxflcjlymjqcbzmzjghsstbsmhxzhjzclxfnbgxgtqjcztmsfz'
                'kjmssnxljkbhszxntnlzdntlmsjxgzjyjczxyhyhwswwqnztnfjscpzshzjfysdjsfscjzbjfzqzchzlxfxsbzqmzsgyftzd'
                'cszxzjbqmszkjshxjzcgbjkhchgtjkjqgmxbxfgdstylxjxgdtsjxhjzjjcmzmcqsbtxhqgxttxhxftsdkfjhzyjfjxrzcdl'
                'mlcqsqqzqwqxswqtwgwbzcgcmmqzbcmmqqtzgzxzxljfsmyzfmxysqxxjkxsmjdcdmmyxbsqbhgcmwfwtgmxlzbyytgzyccd'
                'xyzxswgxyjyznbgpzjcqsyxcxstfycgshztxszzthcbfclsyxzljqmzmmplmxzjssfmbysmyqhxjsxrxsqzzzssmyflczjrc'
                'sxhhzxqydshxsjjhzcxjbdynsysxjbqlpxzqpymlxzkyxlxcjmcycrxzzmldlllsjyhzxgyjwkjswyhcpsgnszmfzwfzznsx'
                'gxflzsxzzzbfcsyjdbsjkrdhhgxjmjjtgxjxxstjtjxmyxqfcsgswmsbctmqzzwmzzkxjmltmjyhsddbxgzhdmbmyjfszfcg'
                'clyjbpmlysmsxlszjqqhjzfxgfqfqbpxzgyyqxgztcqwyltmgwwgwhmmfsfgzjmgmgbgtjfsyzzgzyzaflsspmmbflcwbjzc'
                'mjjmzmpjjmymqdmyyyfbgygqzgmyzdxqyxsqqqhsxyyqqygjtyxfsfsllgnqcygycwfhcccfxbylypmmzqxxxxxkqhhxshjd'
                'cfdsczjxcpzwhhhhhapylhampqafyhxdyllkmzqgggddessnndltzgchybpysqjjhclmjtomnjpzmjlhymheydycsqycddhg'
                'zpndzcmzywlmznteytgxlhslpjjbdgwxpcdntjcklkclwkllcasstknzdnqnttmyyzssysszzsyljqkcgbhhcsxszydgsgcw'
                'cgzhfffppjfzynakrgywyqpqxxfkjtszzxswzddfbbqtbgtzfznpzfpzxzpjszbmqhkcyxymdkmjnypkyghgdcjxxeahpnzg'
                'ctzcmxcxmmjxnkszqnmnmwbwwxjjyhclstmcsqdjcxxtpcnpdtnnpgmllzcjlspbmplkcdtnjnlyysscffjfqwdpgzdwmnzc'
                'cmodaxnssnyzsestyjwjyjdbcfxnmwttbqmwstszgybljpxgmbocmgpcbjftmxzmjymzxcmtpnclcgxtfzjshcsxsfyszdkn'
                'tlbyjcyjllstgqcbxnwzxbxklymhzmqzmnzcqwgzmgzjncjgcmnzzgjdzxtzjxycyycxxjyyxjjxsssjstssttppghtcsxwz'
                'dcsyfptfbchfbbmzjcmzzdbxgcxmqpxkfzflsyltywbmnjhskbmddbcysccmdxycddqmyjjhmqmmcsgljjsyfpyyccyltjan'
                'tjjpwycmmgqyysqdhqmzhszxpftwwzqswqrfkjmxjqqyfbsxjhhfwjgzyqacmyfshcyybyqwlpexcczstyrmtsdmqlykmbbg'
                'myyjpsknnbbsxyxbhyzdjdnghpmfsgbwfzmfjmmbcmzzcjjmcnyxyqgmlsygqccyhzlwjgcjcggmcjjfyzzjhycfsscmtzqz'
                'xhfqgcjxccjeaqcrjthpljlszdjrbcqhjdzshxmyxjsymhzydwldfryhbbydtssccwbxglpzmlzztqsscpjmmxjcsjytycgh'
                'ycjwsnsxlfemwjnmkllswtxhyyygcmmcwjdqdjzglmjwjnkhpzggfmccsczmcbltbhbqjxqdjpdjqtghgmfqawbzyjjmtstd'
                'hqhctcbchflqmpwdshyytqwcnztjtmbypbpdyyyxsqkxwyyflxxncwcxybmaemykkjmzzzbsxyaqjfmjpfhhhytzzxsgqqmh'
                'spgdzjwbwpjhzjdyscqwzkthxsqlzyymysdzgrxckkhjmwpysyscsyzlsmlqsyljxbcxtmhdqzpcycykpppnsxfyzjjscemh'
                'szmsxmxglswgcstmssxbygbzgztcpldjlslymymdtmtcpalcxpqjcjwtcyyzlbmxbzlqmymjbghdsmssdmxmbdczsxwhammc'
                'zcpjmcnhjyjnsygchskqmzzqdlmkablwjqsfmocdxjsslyqchjmybyqmrhetfjzfsfkssyxfjdwdsxxmwsqjysmyxwjhsnlx'
                'yyxhbhawhhjcxwmyljcsqlkydttxbzsxfdxgxsjhhsxxybssxdpwncmsptjzczenygcxqfjxkjbdmljcmqqxloxsmyxxlyll'
                'jdzbtymhbfsttqqwmhogyblscamzxqlhtwssqhmstmypyxjjxmqsjpnbryxyjllyqymthymqyfmhkljdmllhfzwkzhljmlhm'
                'jkmjstlqxymmbhhmnmsxqchxcfxxmhyhjjgbyzzkbxscqdjqdsxjzsyhzhhmgsxcsymxfebcqwwsbpyyjqtyqcyjhqqzyhmw'
                'ffhgzfrjfcdbxndqyzpcyhhjlfrzgppxzdbbgzqstmgdgylcqmgchhmfywlzyxkjlypqhsywmqqgqzmlzjnsqxjqsyjtcbeh'
                'sxfssfxzwfllbcyyjdytdthwzsfjmqqyjlmqsxmldttkhhybfpwdyysqqsnqwlgwdebdwcyygcdlkjxtmxmyjsxhybswfymw'
                'fsxyqmxysctzztfykmldhqdlwyqnmcsyjblpsxcxywlsbssjwxhqybhtydnhhgmmywytzcsqmtssccdamwztcpqpyjmmqzyj'
                'swxwzzmmgmmxclmxczmxmzsqtzppjqblpgxjzhfljjhycjsnxwcxsccdlxsyjdcqcxsmqyclzxlzzxmxqsjmhshzjphmfljl'
                'mlclqnmdxzmlmfypngjysxcqqdcmqjzzxhnpnxzmekmxxykyqmxsxtxjxyhwdcwdzhqyybgybcyscfgfsjnzdyzzjzxrzsqj'
                'jymcanhrjtmdbpyzbstjhxxzypbdwfgzzrpymtngxzqbyxmbbfccksjqjbjegszgyclkxzdxkknsjkcljspgyyzmqqjybzss'
                'qlllkjfcbktymcccdblsppfymgydtzjyqggkqttfcxbdkdxxhybbfytyhbcmpdytgchsysnjsbtcsnyjqhklllzsmydxxwbc'
                'jqsbxbfjzjcjdzfbxxbrmlazgcsnclbjdstblfszdswsbxbclmxxlzdjzsjpylyxxyftfffbhjjjgbygjpmmmmsscmjmtlyz'
                'jxswxtyledqpjmygqzjgdjmqjwjqmlsdgjgygmscljjxdtygjqjqjcjzcjgdzdshqgsjggcjhqxsnjmzzbxhsgzxcxyljxyx'
                'yydfqqjhjfxdhctxjysxysqtjxyefyyssyxjxncyzxfxcsyszxyyschshxzzzgzzzgfjdmdylnpzgyjyzyyqzpbxqbdztzcz'
                'yxxyhhscxshcggqhjhgxwsztmzmehyxgebtylzkkwytjzsclekestdbcykqqsayxcjxwwgsbhjszsdhcsjkqcxswxfctynyd'
                'pzcczjqtzwjqdzzzqzljchmsbhpydxpsxshhezdxfptjqyzzxhyaxncfzyyhxgnqmywxtzsjpkhhgymxmxqcxtsbcqsjyxht'
                'yymybcqlmmszmjzjlmcogxzaajzyhjmchhcxzsxzdznleyjjzjbhzwzzsqtzpsxztdsxjjjznyazphhyysrnqdthzhayjyjh'
                'dzxzlswclybzyecwcycrylcxnhzydzydyjdfrjjhtrsqtxyxjrjhojynxemxsfsfjzghpzsxzszdzcqzbyyklsgsjhczshdg'
                'qgxyzgxchxzjwyqwgyhksseqzzndzfkwyssdclzstsymcdhjxxyweyxczaydmpxmdsxybsqmjmzjmtzqlpjyqzcgqhxjhhhx'
                'xhlhdmdjqsldwbsxfzzyyschtytyjbhecxhjkgjfxbhyzjfxbwhbdzfyzbcapnpgnydmsxhkhhmamlnbyjtmpxyjmcthjbzy'
                'fcgtyhwphftgzzezsbzegpbmdskftycmhbmmhgpzjxzjgzjyxzsbbqsczzlzccstpgxmjsftcczjzdjxcybzlfcjsyzfgszl'
                'ybcwzzbyzdzypswyjgxzbdsysxmgzbzfygczxbzhzftpbgzgejbstgkdmfhyzzjhzmmzzgjqzlsfdjsscbzgpdlfzfzszyzy'
                'zsygcxsntxchczxtzzljfzgqsqyxzjqccccdjcdxzjyqjccgxztdlgscxzsyjjqtccmqdqztqchqqjztezzzpbkkdjfcjfzt'
                'ybqyqttynmmbdktjcpqzjdzfpjsbnjlgyjdxjdzqkzgqkxcmpzjtcjdqbxdjjjstcjnxbxcmslyjcqmtjqwwcjjnjnmmlhjc'
                'wqtbzqyczczpzzdzyddcyzdzccjgtjfzdpsntctjdcqtqndtjnmmzbcmlctdsxkjzqdpzlbznbtjdcxfczdbccjjmtqjpldc'
                'gzdbbzjcqdcjwynmlzlzccdwmmxwzlxrsntqjccxkjmsgdfqtddglrmajjtklymkqmldzytdyycygjwyxdxfsskstcdenqms'
                'kqzhhqkdmdazfkypbggpzsebzzykyzspegjjghkqzzzslysywyzwfqznlzzlzhwcgkypqgnpgbmplssjyxcccgyhsfzfwbzy'
                'wtgzxymjczwhxzjzblffmgskhyjzeyjhlpllmmcygxdszemshgkmzzyhzlyqszzjzqmjzflnbhgwlczcfjwspyxnmzmxgccp'
                'zbllcxbbbbxbbcbbcsnncccysbbsylccgqyyqxygmqzwtzycyjhyfwcehzcjywlccntzyjjcdedpzdztstqjhdymbjnyjzlx'
                'tsstphndjxxbyxqtzqddtjtdyztgwscszqflshlglbcjbhdmyzjyckwtydymbnydsdsycctyszyyebgexhqddwnygycmxtdc'
                'ystqmygzasccszzddmccmzrqxyyeljsbymxshztembbllyymlytdqyshymsqxkfkbfxnxsbychxbwjyhtqbpbsbwdzylkgzs'
                'kyghqzjhhxjxgnljkzlyycdxmfwfghljgjybxblybxqpqgztzplncybxdjyqydymsbesjyyhkxxstmxsczzywxyhybmcflyz'
                'hqyzmqxdbxbzwzmsmpdmyckfmzklzcyjyccmhxfzlydqzpzygyjyzmzxdzfyfyttqtchgspczmlccytzxjcytjmkslpzhysn'
                'wmlytpzctzzcktxdhxxtqcypksmqccyyazhtjpcylzlyjbjxtfnyljyynsxcymmmnxjsmybcsysslzylxjjqyldzdpqbfzzb'
                'mfndsqkczfhhhgqmsdsxycstxnqqjpyjbfcxdyqfpnxejdgyqbsrcnfyyqpghyjdyzxgshtkymeqdzntsmgkmbsgbpyszbyt'
                'jzsszjcssxzbhbscsbzczptqfzmqflypybbjgszmxxdjmthyskkbjtxhjcembsmjyjzcxtmljyxrzzqscxxqptzxmkyxxxjc'
                'ljpsmyygadyskqmsadhsskqxzxztcghztmmlwxybwsycdbhjhcfcwzsxhytkzmxqshmyczjxtmplpscgltbzztmzjcyjgdtc'
                'mgmpmlqpjmzpapxyzlkktkdnczzbnzctdqqzjyjgmctxltgcszmmmhbglkfwnwzhdxphlfmkydlgxdtwzfsjejctzhydxyks'
                'hwfzcqshktmqqhtchymjdjskhxdjzbzzxympajqmsdbxlskmyynwstsqlscbpcbsgzwyhtmkssswhzzlyytnxjgmjszsxfwn'
                'msoztxgxlsammmbwmdszymakqcqctmycfjbsmxcmzjclxxksbzqcmhjphqpmsxscksmnhpsfqqytxjjzlqldxzjjzdyydjnz'
                'ptfcdskjfsmjhylzqjzlbthydgdjfdbyazxdzhzjnhhqbyknxjjqczmlljzkspldscmbbmxkmemxjlbjycxjxgcnlcqpmzmz'
                'njtzljgyzdzpltqcssfdmnycxgbtjdcznbgbqyqjwgkfhtnbyqzqgbkpbbyzmtjdytbmsqmbsxtbnpdxklemyycjynzdtmdy'
                'kzzxddxhqshdgmzsjycctayszlpwltlkxslzcggexcmfxmkjstlqjaqzncmbqdkkcxgmczjzxjhptdjjmzqykqsecqzdshha'
                'dmmzfmmzbgntjnnmgbyjbsbtmmbyjdzxmcjlpmdlpcqdhlhzlycblcxzcjadqlmzmmsshmybhbskkbhssxxjmxsdznzpxmbb'
                'sagggfchgmsklmtsjyycqmcskywyehywhbhqywbawykqldqftntkhqcgdqktgpkxhcpdhtwtmssyhbwcswxhjmkmzngwtmmk'
                'fghkjyldyycxwhyeclqhkqhtdqhhffldxqwgzyydesbpkyszpjfyyzjceqdzzdmattbbfjmmcxdmmjsdxegygsjqxcfbxssz'
                'pdyzcxdnyxpfzydmyjccpmtxmsxyzysxcyysdymwwndsahjsygyhgywkaxtjzdaxysrmtdjssaxfnejdxyzhmxlllzhzsjny'
                'qyqqxyjghzgjcyjchzmycdshwsgczyjxcmlnxzjjyyxnfsmwfpylcymlabwddhwdxjmcxztzpmmqzhsfhzynztmmdywmsmxh'
                'ymmymmbwwkyxyadtxymmdjpybpwfxjmmmllhafdmmaflbhhhbqqjtzjcqjjdjtffkmmmbythygdcqsddwsqjxnbysnmzdbyy'
                'tbjhpybygtjxaahgqdqtmystqxkbtsbkjlxsbeqqhqmjjbdjwtgtbxpgbktmgqxjjjcdhxqdwjlwsfmqgwqhcksyswgbtgyg'
                'bwsdwdwsfhwytjjxxxjyzyslphyypayxhydqkxshxyxeskqhywbdddppmcjlhqeewxksyyhdyplfjthkjmtcyyhhjttpltzz'
                'cdlthqkcxqysteeywkyzyxxyysddjkllpwmcyhqgxyhcsmbxpmlnqydqhxsxxwgdqbshymmpjjjthyjkyphthyyktyezyenm'
                'dshlcspqfbgfxzbsbtlgxsjbswyysksfmxmppmbbblbsfxfyzbsjssympbbffffsscjdstzsxtsyjcyffsytyzbjtbctsbsd'
                'hstjjbytcxyjeylxcbnebjdsysyhgsjzbxbytfzwgenyhhthjhatfwgcstbgxkmstywmtmbyxjskzscdyjrcytwxzfhmymcx'
                'mznsdjtttxsycfyjsbsdyerxhljxbbdeynjghxgckgscymbmxjmsznskgxfbnbbthfjaafxyxfpxmyfhdtzcxzzpxssywzdm'
                'ybbjtyqwqjpzypzjznjpzjmztfysbttsmmptzstdxqsjehbzymzdhmjsqmlhtxtjecxamzzspktlzkqqyfsygywpcpqfhqhy'
                'tqxzkssgtgsqczmptxcdyyzssqzsmxmzmacbcqbzyxhbsxmzdmtcdjtymzjyytpzymmtxjsjxhlbmytxcqsbmzssfjzztnjy'
                'dxmyjhmhpblcyxqjqqkzzscpzkswamqsbmcczjsxgwwwygyatjbbctdkhqhkgtgpbkqysmbxbbckbmlmxdzstbkmggqkqlsb'
                'kkdfxrmdkbftpzfrtbbmfesqgxkjpzsstlbzdpszqzsjthljqlzbpmsmmsxlqqnhknblrddnhxdhddjcyygyfqgzmgsygmjq'
                'gkhbpmxyxlytqwlwgcpbmjxcyzydrjbhtdjxeeshtmjsbypmwhmzffnypmhxqhpmtbqpfbcwjdbygpnxtbfzjgsddtjshxea'
                'wzzylmttybwjkgxghlfkxdjtmszsqynzggswqsphtlsskmclzxyszqzxncjdqgzdlfnykmjcjmmzlmzznhydsshthxzlzzbb'
                'hqzwwycsdhlyqqjbeyfsgxthssxwqhwfsmmssgzttyeyqqwsslalhmjtqjsmxqbjjzjxzyzkxbyqxbjxshzssfgmxmxzxfgh'
                'kzszggylclsasjxhslllmzxemglxydjytmfbhbpnmyzfbbhptgjkwetzhkjjxzxxglljlstgshjjyqmqzfkcgnndjsszfdbc'
                'twwseqfhqjbsaqtgypjlbxbmmywxgsmzhglzgnyfljbyfdjfsgsfmbyzhqfbwjsyfyjjphzbyyzffwodgsmmftmlbzgycqxc'
                'djygzyyyytytydwegazyhxjlzythmsmgrjxzcmhnemjjthtbwjybjjbxjjtjteekhwsljpmpsfazpqqbdmqjjtyyqlyzkdks'
                'qjyyjzldqcgjjyzjsycmsaqthtejmfctyhypkmhycwjdcfhyyxwshctxsmjgjshccyyyjltkttytmxgtcjtzayyoczmymbsz'
                'ywjytsjyhbyshfjlygjxxtmzyymtxxypsmxyjzyzyypnhmymdyylbmhmsyygqlmnjjymsoycbzgdmyxymcqyxtszegxhzgmh'
                'wbljgeyxtwqmakbpqcgyshhegqcmwyywmjyjhyyzmljjymhzyhmgsmjmjxcjjycmycjpcpzjzjmmymcjmnqmjjjlxxjmlszm'
                'jqmycmmhcfmmfpqqmfxlqmcffqmmmmhmznfhhjgtthhkhslnchhyqdxtmmqdcydyxyqmyqylddcyyydazdcymzydmzfffmmy'
                'cqcwzzmabtbyctdmndzggdftypcgqyttssffwbdtzqssystwjjhjytsxxylbyqhwwhxezxwznnqzjzjjqjccchyyxbzxccyj'
                'tmmcqxknjycyycynzzqyyoewyczdcjycchyjmbtzkycqwmpgpymmgkdmdmgkgqbgychjxy'::bytea, at))
            ELSE here END;
        IF before IS NULL THEN
            keys := keys || E'\x1f' || here;
        ELSE
            keys := keys || E'\x1f' || here || E'\x1f' || before || here
                         || E'\x1f~' || last || letter;
        END IF;
        IF both_readings THEN
            other := nullif(translate(here, '重长朝厦番会乐解', 'cczxpkyx'), here);
            keys := concat_ws(E'\x1f', keys, '~' || last || other, '~' || other_last || letter,
                              '~' || other_last || other);
            other_last := other;
        END IF;
        before := here;
        last := letter;
    END LOOP;
    RETURN string_to_array(keys, E'\x1f');
END
$$;
COMMENT ON FUNCTION name_grams(text, text, text) IS
    'Characters and pairs of a name, pairs of pinyin letters, county and unit: keys of a search';
