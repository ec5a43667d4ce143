namespace MMOrleans.Runs.Formats;

/// <summary>The instructions of Python's pickle that make data, from protocol 2 on; no other is carried out.</summary>
internal enum PickleOpcode : byte
{
    /// <summary>Followed by the protocol's number.</summary>
    Protocol = 0x80,

    /// <summary>The one value on the stack is the result.</summary>
    Stop = (byte)'.',

    /// <summary>Where a tuple, or the items of a dictionary, begin.</summary>
    Mark = (byte)'(',

    /// <summary>A tuple of what follows the mark.</summary>
    Tuple = (byte)'t',

    /// <summary>A tuple of nothing.</summary>
    EmptyTuple = (byte)')',

    /// <summary>A tuple of the last value.</summary>
    Tuple1 = 0x85,

    /// <summary>A tuple of the last two.</summary>
    Tuple2 = 0x86,

    /// <summary>A tuple of the last three.</summary>
    Tuple3 = 0x87,

    /// <summary>A dictionary of nothing.</summary>
    EmptyDictionary = (byte)'}',

    /// <summary>Puts a key and its value into the dictionary before them.</summary>
    SetItem = (byte)'s',

    /// <summary>Puts the keys and values after the mark into the dictionary before it.</summary>
    SetItems = (byte)'u',

    /// <summary>Four bytes of length, then UTF-8.</summary>
    Text = (byte)'X',

    /// <summary>Four bytes, signed.</summary>
    Int32 = (byte)'J',

    /// <summary>One byte.</summary>
    UInt8 = (byte)'K',

    /// <summary>Two bytes, unsigned.</summary>
    UInt16 = (byte)'M',

    /// <summary>A byte of length, then as many of a signed number.</summary>
    Long = 0x8a,

    /// <summary>True.</summary>
    True = 0x88,

    /// <summary>False.</summary>
    False = 0x89,

    /// <summary>None.</summary>
    None = (byte)'N',

    /// <summary>Two lines: a module and a name in it.</summary>
    Global = (byte)'c',

    /// <summary>Calls a name with a tuple of arguments.</summary>
    Reduce = (byte)'R',

    /// <summary>Sets attributes of the value before them.</summary>
    Build = (byte)'b',

    /// <summary>Makes a storage of a tuple that describes it.</summary>
    PersistentId = (byte)'Q',

    /// <summary>Remembers the last value under a byte.</summary>
    Put = (byte)'q',

    /// <summary>Remembers the last value under four bytes.</summary>
    LongPut = (byte)'r',

    /// <summary>Recalls the value under a byte.</summary>
    Get = (byte)'h',

    /// <summary>Recalls the value under four bytes.</summary>
    LongGet = (byte)'j',

    /// <summary>A list of nothing.</summary>
    EmptyList = (byte)']',

    /// <summary>Puts the last value at the end of the list before it.</summary>
    Append = (byte)'a',

    /// <summary>Puts the values after the mark at the end of the list before it.</summary>
    Appends = (byte)'e',

    /// <summary>Eight bytes, the highest first.</summary>
    Float = (byte)'G',

    /// <summary>Four bytes of length, then a <c>str</c> of Python 2.</summary>
    String = (byte)'T',

    /// <summary>A byte of length, then a <c>str</c> of Python 2.</summary>
    ShortString = (byte)'U',

    /// <summary>Makes an object of a name with a tuple of arguments.</summary>
    NewObject = 0x81,

    /// <summary>Four bytes of length, then bytes. Protocol 3.</summary>
    Bytes = (byte)'B',

    /// <summary>A byte of length, then bytes. Protocol 3.</summary>
    ShortBytes = (byte)'C',

    /// <summary>A byte of length, then UTF-8. Protocol 4.</summary>
    ShortText = 0x8c,

    /// <summary>Eight bytes of length, then UTF-8. Protocol 4.</summary>
    LongText = 0x8d,

    /// <summary>Eight bytes of length, then bytes. Protocol 4.</summary>
    LongBytes = 0x8e,

    /// <summary>A name, of the module and the name on the stack. Protocol 4.</summary>
    StackGlobal = 0x93,

    /// <summary>Remembers the last value under the next number. Protocol 4.</summary>
    Memoize = 0x94,

    /// <summary>Eight bytes: how many follow until the next one. Protocol 4.</summary>
    Frame = 0x95,

    /// <summary>Eight bytes of length, then bytes that may be changed. Protocol 5.</summary>
    ByteArray = 0x96,
}
