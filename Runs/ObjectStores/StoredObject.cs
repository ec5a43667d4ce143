namespace MMOrleans.Runs.ObjectStores;

/// <summary>One object as a store lists it.</summary>
/// <param name="Key">Its whole key.</param>
/// <param name="Bytes">Size.</param>
/// <param name="Written">UTC.</param>
public sealed record StoredObject(string Key, long Bytes, DateTimeOffset Written);
